/** The appliance that a command talks to: chosen, started as a separate process, and stopped. */
@NullMarked
package io.cipherstream.cli.appliance;

import org.jspecify.annotations.NullMarked;
