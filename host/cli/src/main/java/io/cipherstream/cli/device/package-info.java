/** Devices and what makes them: {@code opencl}, {@code sim} and {@code bitstream}. */
@NullMarked
package io.cipherstream.cli.device;

import org.jspecify.annotations.NullMarked;
