/**
 * The machine language of the card's clusters: core programs, their checks and binary form, an
 * interpreter that says what they mean, and the compiler that makes them from limb programs.
 */
@NullMarked
package io.cipherstream.core;

import org.jspecify.annotations.NullMarked;
