/**
 * From a fine-tuned model and its task to a sealed package: polynomial encoders of several specs
 * and seeds are trained on what the model says, the cheapest good one is kept, and its ranges are
 * proved or watched. This package must not know PyTorch: {@code workflow.train} does the training.
 */
@NullMarked
package io.cipherstream.workflow.sealed;

import org.jspecify.annotations.NullMarked;
