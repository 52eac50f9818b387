/** {@code evaluate}: a file of examples, the ways of computing its answers, and their scores. */
@NullMarked
package io.cipherstream.cli.evaluate;

import org.jspecify.annotations.NullMarked;
