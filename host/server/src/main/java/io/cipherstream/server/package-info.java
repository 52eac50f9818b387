/**
 * The appliance: wires configuration, models, sessions, computation and the HTTP interface, and
 * starts and stops them as a process. It holds no secret key and cannot decrypt: neither a key
 * generator nor a decryptor is on its class path.
 */
@NullMarked
package io.cipherstream.server;

import org.jspecify.annotations.NullMarked;
