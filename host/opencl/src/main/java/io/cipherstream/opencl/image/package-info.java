/**
 * Device images: the description of a core that runs limb programs in hardware, checked before a
 * driver sees any of it, and what such a core reads and writes in device memory. This package knows
 * the contract of the core ({@code fpga}), but makes no OpenCL call.
 */
@NullMarked
package io.cipherstream.opencl.image;

import org.jspecify.annotations.NullMarked;
