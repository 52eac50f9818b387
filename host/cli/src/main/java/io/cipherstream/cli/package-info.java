/**
 * The command line's entry point, and the commands about the program itself. Each group of commands
 * has its own package; {@code base} is what they share. The command line starts the appliance only
 * as a separate process, so that no server code is on its class path and no secret-key code on the
 * appliance's.
 */
@NullMarked
package io.cipherstream.cli;

import org.jspecify.annotations.NullMarked;
