/**
 * Turns a fine-tuned model and its task into a sealed package. Polynomial encoders of several specs
 * and seeds are trained on the model's logits, the cheapest good one is kept, and its ranges are
 * proved or get sentinels. This package must not know PyTorch: {@code workflow.train} does the
 * training.
 */
@NullMarked
package io.cipherstream.workflow.sealed;

import org.jspecify.annotations.NullMarked;
