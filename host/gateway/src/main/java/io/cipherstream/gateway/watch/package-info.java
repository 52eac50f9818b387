/** What an operator sees of the gateway: its log and its metrics, neither of which holds text. */
@NullMarked
package io.cipherstream.gateway.watch;

import org.jspecify.annotations.NullMarked;
