/**
 * The command line: the entry, and commands that are about the program itself. Each group of
 * commands has a package; {@code base} is what they share. It starts the appliance only as a
 * process of its own, so that no server code is on its class path and no secret-key code on the
 * appliance's.
 */
@NullMarked
package io.cipherstream.cli;

import org.jspecify.annotations.NullMarked;
