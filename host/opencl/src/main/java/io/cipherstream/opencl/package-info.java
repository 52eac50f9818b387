/**
 * Limb programs on OpenCL devices: which there are, and an engine whose kernels are OpenCL C for
 * processors and graphics cards of any maker. Words are those of every other engine. This package
 * knows nothing of CKKS, of models or of the network.
 */
@NullMarked
package io.cipherstream.opencl;

import org.jspecify.annotations.NullMarked;
