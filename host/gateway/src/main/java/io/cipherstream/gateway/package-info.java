/**
 * A server beside its users: it takes text through interfaces that existing code speaks, and asks
 * an appliance under encryption. It holds the secret key.
 */
@NullMarked
package io.cipherstream.gateway;

import org.jspecify.annotations.NullMarked;
