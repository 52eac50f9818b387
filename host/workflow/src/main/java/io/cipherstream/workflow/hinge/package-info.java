/**
 * T, THE-X's stand-in for the reciprocal of a row sum, in closed form: positive hinges on
 * logarithmically spaced knots by non-negative least squares in relative error, with the error it
 * makes over its range. Nothing is trained, and the same request gives the same T. This package
 * must not know data, tasks or training.
 */
@NullMarked
package io.cipherstream.workflow.hinge;

import org.jspecify.annotations.NullMarked;
