/**
 * Cycles of core programs on the card's clusters, without simulating registers; the recorded
 * programs of a sentence; cards as data.
 */
@NullMarked
package io.cipherstream.bench.cycles;

import org.jspecify.annotations.NullMarked;
