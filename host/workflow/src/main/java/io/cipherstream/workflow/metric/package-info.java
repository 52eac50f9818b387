/**
 * Scores of predictions: accuracy, F1, Matthews and rank correlations, entity F1 as CoNLL counts
 * it, the majority baseline, and a standard error for each. Metrics compare arrays of true and
 * predicted values and are tested against established Python libraries. This package must not know
 * models, tokenizers or files.
 */
@NullMarked
package io.cipherstream.workflow.metric;

import org.jspecify.annotations.NullMarked;
