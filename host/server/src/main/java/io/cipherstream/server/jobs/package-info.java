/** Inferences that outlive the connection that asked for them, and their answers on disk. */
@NullMarked
package io.cipherstream.server.jobs;

import org.jspecify.annotations.NullMarked;
