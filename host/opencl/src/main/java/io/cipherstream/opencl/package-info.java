/**
 * Limb programs on OpenCL devices: the list of devices, and an engine whose kernels are OpenCL C
 * for processors and graphics cards of any vendor. Its words equal every other engine's. This
 * package must not know CKKS, models or the network.
 */
@NullMarked
package io.cipherstream.opencl;

import org.jspecify.annotations.NullMarked;
