/**
 * The results of a model's conversion, as data: accuracy of every variant beside the majority and
 * the control, the course of every stage, ranges, T, checks and costs; and comparisons of such
 * reports. It says on which examples choices were made, pairs differences if the predictions are
 * known, and never calls a difference within two standard errors a gain or a loss. This package
 * must not know how the figures were computed, nor what its pages look like.
 */
@NullMarked
package io.cipherstream.workflow.report;

import org.jspecify.annotations.NullMarked;
