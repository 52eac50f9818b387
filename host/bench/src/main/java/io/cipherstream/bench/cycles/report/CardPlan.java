package io.cipherstream.bench.cycles.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a card would do, by prediction alone.
 *
 * @param configuration of the core
 * @param connected banks of the memory that the board's committed connectivity uses; empty if it is
 *     not said
 * @param lanes P
 * @param units compute units on the card, each with its part of the memory's bandwidth
 * @param clockMhz target clock; nothing was placed or routed
 * @param bytesPerSecond nominal bandwidth of the card's memory
 * @param latencyCycles assumed for the memory, each way
 */
public record CardPlan(
    String configuration,
    String board,
    String connected,
    int lanes,
    int units,
    double clockMhz,
    double bytesPerSecond,
    int latencyCycles,
    List<Rate> rates) {

  /**
   * Rates at one degree, operands and keys on the card.
   *
   * @param limbs L of the key switch
   * @param nttPerSecond transforms, all units, batches of 16 limbs
   * @param keySwitchesPerSecond rotations, all units
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

  /** Butterflies that the card can issue in a cycle. */
  public int butterflies() {
    return lanes * units;
  }

  /** The rate at a degree, or null. */
  public @Nullable Rate at(int degree) {
    return rates.stream().filter(r -> r.degree() == degree).findFirst().orElse(null);
  }
}
