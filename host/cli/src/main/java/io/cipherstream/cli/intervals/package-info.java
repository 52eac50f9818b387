/** {@code intervals}: encrypted tracks of genomic intervals and queries of them. */
@NullMarked
package io.cipherstream.cli.intervals;

import org.jspecify.annotations.NullMarked;
