package io.cipherstream.bench.cycles.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a card would do, by prediction alone.
 *
 * @param memory for people: which memory, in how many channels
 * @param clusters that share a program
 * @param butterflies P of a cluster
 * @param clockMhz target clock; nothing was placed or routed
 * @param bytesPerCycle of the channels that the clusters' ports use
 * @param latencyCycles assumed for the memory, each way
 */
public record CardPlan(
    String card,
    String memory,
    int clusters,
    int butterflies,
    double clockMhz,
    double bytesPerCycle,
    int latencyCycles,
    List<Rate> rates) {

  /**
   * Rates at one degree, operands and keys on the card.
   *
   * @param limbs L of the key switch
   * @param nttPerSecond transforms, in batches of 64 limbs
   * @param keySwitchesPerSecond rotations of ciphertexts in a round of several
   * @param keySwitchBytes that one key switch moves
   * @param memoryShare of the bandwidth that the key switches use
   */
  public record Rate(
      int degree,
      int limbs,
      double nttPerSecond,
      double keySwitchesPerSecond,
      long keySwitchBytes,
      double memoryShare) {}

  public CardPlan {
    rates = List.copyOf(rates);
  }

  /** The rate at a degree, or null. */
  public @Nullable Rate at(int degree) {
    return rates.stream().filter(r -> r.degree() == degree).findFirst().orElse(null);
  }
}
