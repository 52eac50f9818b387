/** Files that appear whole or not at all. Knows nothing of what is in them. */
@NullMarked
package io.cipherstream.server.storage;

import org.jspecify.annotations.NullMarked;
