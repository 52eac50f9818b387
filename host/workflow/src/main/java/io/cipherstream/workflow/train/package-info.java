/**
 * Training of BERT encoders and their THE-X variants with PyTorch through JavaCPP: parameters,
 * forward pass, losses, the loop of one stage with checkpoints. This package must not know where
 * examples come from, which stages a conversion has, or how a result is reported. It is the only
 * one that uses PyTorch.
 */
@NullMarked
package io.cipherstream.workflow.train;

import org.jspecify.annotations.NullMarked;
