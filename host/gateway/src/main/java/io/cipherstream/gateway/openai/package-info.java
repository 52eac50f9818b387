/** The door for clients of OpenAI. */
@NullMarked
package io.cipherstream.gateway.openai;

import org.jspecify.annotations.NullMarked;
