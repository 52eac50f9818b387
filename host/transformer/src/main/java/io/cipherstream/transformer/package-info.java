/**
 * The encrypted transformer: how a sentence lies in the slots, the plan (levels, scales, rotation
 * steps, rounds, bytes), the appliance's program on ciphertexts, and the client's plain slot
 * arithmetic between rounds. This package knows no engine, holds no key and never touches the
 * network.
 */
@NullMarked
package io.cipherstream.transformer;

import org.jspecify.annotations.NullMarked;
