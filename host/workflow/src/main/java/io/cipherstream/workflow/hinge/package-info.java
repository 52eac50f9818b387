/**
 * T, THE-X's approximation of the reciprocal of a row sum, in closed form: positive hinges on
 * logarithmically spaced knots by non-negative least squares in relative error, with its error over
 * the range. Nothing is trained, and equal requests give equal T. This package must not know data,
 * tasks or training.
 */
@NullMarked
package io.cipherstream.workflow.hinge;

import org.jspecify.annotations.NullMarked;
