/** The command that runs the gateway. */
@NullMarked
package io.cipherstream.cli.gateway;

import org.jspecify.annotations.NullMarked;
