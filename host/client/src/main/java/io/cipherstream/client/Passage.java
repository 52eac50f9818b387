package io.cipherstream.client;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.Round;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of an inference, as its plan says before anything is sent.
 *
 * @param up from the client to the appliance, else back
 * @param ciphertexts in the message, at least 1
 * @param limbs data primes of each; one more than the levels that are left
 */
public record Passage(boolean up, int ciphertexts, int limbs) {

  /** All messages of a plan in their order. */
  static List<Passage> of(InferencePlan plan) {
    List<Passage> passages = new ArrayList<>();
    passages.add(of(true, plan.inputs()));
    for (Round round : plan.rounds()) {
      passages.add(of(false, round.down()));
      passages.add(of(true, round.up()));
    }
    passages.add(of(false, plan.result()));
    return List.copyOf(passages);
  }

  private static Passage of(boolean up, List<CiphertextSpec> message) {
    return new Passage(
        up, message.size(), message.stream().mapToInt(CiphertextSpec::limbs).max().orElseThrow());
  }
}
