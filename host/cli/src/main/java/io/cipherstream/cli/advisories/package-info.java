/** The command that compares a bill of materials with advisories. */
@NullMarked
package io.cipherstream.cli.advisories;

import org.jspecify.annotations.NullMarked;
