package io.cipherstream.bench.cycles;

import io.cipherstream.core.Submission;
import io.cipherstream.ring.LimbRing;
import java.util.List;

/**
 * The limb programs of a sentence, in rounds: what lies between two messages of a client can be one
 * launch of a card.
 *
 * @param cold rounds of the first sentence, which also prepares keys and weights
 * @param warm rounds of a later one
 */
public record Recording(LimbRing ring, List<List<Submission>> cold, List<List<Submission>> warm) {

  public Recording {
    cold = cold.stream().map(List::copyOf).toList();
    warm = warm.stream().map(List::copyOf).toList();
  }
}
