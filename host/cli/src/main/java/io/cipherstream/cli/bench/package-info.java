/** {@code bench}: measurements, their tables and comparisons. */
@NullMarked
package io.cipherstream.cli.bench;

import org.jspecify.annotations.NullMarked;
