/**
 * A data directory as a whole: its lock, version, copies and backup. Knows nothing of what is in
 * its files.
 */
@NullMarked
package io.cipherstream.server.storage;

import org.jspecify.annotations.NullMarked;
