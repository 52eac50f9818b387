/**
 * The client SDK: from a text to a label or an embedding without showing the text to the appliance.
 * It holds the secret key, tokenises, encrypts, answers the activation rounds and decrypts. It
 * knows the appliance only by its protocol, and behaves toward it in the same way whatever it
 * decrypts.
 */
@NullMarked
package io.cipherstream.client;

import org.jspecify.annotations.NullMarked;
