/**
 * Several appliances that serve each other's sessions: which node has a session, which nodes are
 * up, and the links between them, all of them with mutual TLS.
 */
@NullMarked
package io.cipherstream.server.cluster;

import org.jspecify.annotations.NullMarked;
