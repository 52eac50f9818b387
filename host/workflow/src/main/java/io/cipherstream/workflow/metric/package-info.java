/**
 * How good predictions are: accuracy, F1, Matthews and rank correlations, entity F1 as CoNLL counts
 * it, the majority baseline, and a standard error for each. Metrics compare arrays of what is true
 * with arrays of what was predicted, and are held against established Python libraries' values.
 * This package must not know models, tokenizers or files.
 */
@NullMarked
package io.cipherstream.workflow.metric;

import org.jspecify.annotations.NullMarked;
