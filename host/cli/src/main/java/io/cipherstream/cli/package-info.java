/**
 * The command line: one class a command, on top of the client SDK and the model repository. It
 * starts the appliance only as a process of its own, so that no server code is on its class path
 * and no secret-key code on the appliance's.
 */
@NullMarked
package io.cipherstream.cli;

import org.jspecify.annotations.NullMarked;
