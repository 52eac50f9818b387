/** A page for people: type a sentence, see its label and what left the machine. */
@NullMarked
package io.cipherstream.gateway.page;

import org.jspecify.annotations.NullMarked;
