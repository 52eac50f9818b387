/**
 * The client SDK: turns a text into a label or an embedding without showing the text to the
 * appliance. It holds the secret key, tokenises, encrypts, answers the rounds and decrypts. It
 * knows the appliance only by its protocol, and behaves towards it in the same way whatever it
 * decrypts.
 */
@NullMarked
package io.cipherstream.client;

import org.jspecify.annotations.NullMarked;
