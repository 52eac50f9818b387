/** Devices, simulated cards and images: {@code opencl}, {@code sim} and {@code bitstream}. */
@NullMarked
package io.cipherstream.cli.device;

import org.jspecify.annotations.NullMarked;
