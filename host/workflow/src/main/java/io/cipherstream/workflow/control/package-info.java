/**
 * The control that every report shows: a linear model on the bag of a text's word pieces, which
 * knows neither order nor context. A converted transformer that does not beat it has not shown that
 * it keeps a real model's quality. This package must not know transformers or their training.
 */
@NullMarked
package io.cipherstream.workflow.control;

import org.jspecify.annotations.NullMarked;
