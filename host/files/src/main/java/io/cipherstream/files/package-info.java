/**
 * Files that are there whole or not at all.
 *
 * <p>Must not know: what is in a file.
 */
@NullMarked
package io.cipherstream.files;

import org.jspecify.annotations.NullMarked;
