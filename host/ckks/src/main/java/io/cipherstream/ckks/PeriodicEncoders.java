package io.cipherstream.ckks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The encoders of one parameter set by period, each made at its first use. Thread-safe. */
public final class PeriodicEncoders {

  private final CkksParameters parameters;
  private final Map<Integer, PeriodicEncoder> byPeriod = new ConcurrentHashMap<>();

  public PeriodicEncoders(CkksParameters parameters) {
    this.parameters = parameters;
  }

  /**
   * Encodes real rows whose length is their period.
   *
   * @throws CkksException as {@link CkksChecks#rows}, or if the period is not a power of two of at
   *     most N/2
   */
  public EncodedPeriodicPlaintexts encode(double[][] rows, int limbs, double scale) {
    CkksChecks.rows("encodePeriodic", parameters, rows, limbs, scale);
    return byPeriod
        .computeIfAbsent(rows[0].length, period -> new PeriodicEncoder(parameters, period))
        .encode(rows, limbs, scale);
  }

  /**
   * Encodes complex rows of 2F values each, F real parts and then F imaginary ones.
   *
   * @throws CkksException as the other, and for a row of an odd number of values or of two
   */
  public EncodedPeriodicPlaintexts encodeComplex(double[][] rows, int limbs, double scale) {
    CkksChecks.complexRows("encodePeriodic", parameters, rows, limbs, scale);
    return byPeriod
        .computeIfAbsent(rows[0].length / 2, period -> new PeriodicEncoder(parameters, period))
        .encodeComplex(rows, limbs, scale);
  }
}
