/**
 * Queries on encrypted tracks of genomic intervals: how a track lies in slots, the plan, the
 * appliance's program on ciphertexts, the proof that answers are exact, and how the client reads
 * them. This package knows no engine, holds no key, reads no file and never touches the network.
 */
@NullMarked
package io.cipherstream.intervals;

import org.jspecify.annotations.NullMarked;
