/** What the gateway refuses and why, whatever door it came through. */
@NullMarked
package io.cipherstream.gateway.problem;

import org.jspecify.annotations.NullMarked;
