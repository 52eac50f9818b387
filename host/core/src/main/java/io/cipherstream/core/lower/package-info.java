/**
 * The compiler from limb programs to core programs: values and what computes them, fusion, order
 * and clusters, slots.
 */
@NullMarked
package io.cipherstream.core.lower;

import org.jspecify.annotations.NullMarked;
