package io.cipherstream.bench.cycles.report;

import java.util.List;

/**
 * Published figures to hold predictions against: HEAX (Riazi et al., ASPLOS 2020), as recalled from
 * the paper: transforms of one core of 16 butterflies at 300 MHz, and key switches of a chain of
 * such cores on a Stratix 10.
 *
 * @param limbs L of its key switches
 */
public record Yardstick(int degree, int limbs, double nttPerSecond, double keySwitchesPerSecond) {

  /** How the figures are to be named wherever they are shown. */
  public static final String SOURCE = "HEAX, as recalled from the paper";

  /** Smallest degree first. */
  public static final List<Yardstick> HEAX =
      List.of(
          new Yardstick(4096, 2, 195_000, 97_700),
          new Yardstick(8192, 4, 90_000, 22_500),
          new Yardstick(16384, 8, 42_000, 2_600));
}
