/** {@code demo}, over the network and on a simulated card. */
@NullMarked
package io.cipherstream.cli.demo;

import org.jspecify.annotations.NullMarked;
