/** Files of genomic intervals. */
@NullMarked
package io.cipherstream.client.bed;

import org.jspecify.annotations.NullMarked;
