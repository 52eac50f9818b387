/**
 * {@code convert}: options, data and output of a conversion, which {@code workflow} carries out.
 */
@NullMarked
package io.cipherstream.cli.convert;

import org.jspecify.annotations.NullMarked;
