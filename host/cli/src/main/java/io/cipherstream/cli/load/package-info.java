/** {@code load}: many clients at one time, and what they got. */
@NullMarked
package io.cipherstream.cli.load;

import org.jspecify.annotations.NullMarked;
