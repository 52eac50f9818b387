/**
 * Device images: what a core that runs limb programs in hardware is, checked before anything of it
 * reaches a driver, and what such a core reads and writes in device memory. Knows the contract of
 * the core ({@code fpga}), but makes no OpenCL call.
 */
@NullMarked
package io.cipherstream.opencl.image;

import org.jspecify.annotations.NullMarked;
