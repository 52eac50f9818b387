package io.cipherstream.ckks;

import io.cipherstream.ring.LimbEngine;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The encoders of one parameter set by period, each made at its first use. Thread-safe. */
public final class PeriodicEncoders {

  private final CkksParameters parameters;
  private final @Nullable LimbEngine engine;
  private final Map<Integer, PeriodicEncoder> byPeriod = new ConcurrentHashMap<>();

  /** Those that transform in Java. */
  public PeriodicEncoders(CkksParameters parameters) {
    this.parameters = parameters;
    this.engine = null;
  }

  /** Those that leave transforms to an engine of the same ring, where it has them. */
  public PeriodicEncoders(CkksParameters parameters, LimbEngine engine) {
    this.parameters = parameters;
    this.engine = engine;
  }

  private PeriodicEncoder of(int period) {
    return byPeriod.computeIfAbsent(
        period, missing -> new PeriodicEncoder(parameters, missing, engine));
  }

  /**
   * Encodes real rows whose length is their period.
   *
   * @throws CkksException as {@link CkksChecks#rows}, or if the period is not a power of two of at
   *     most N/2
   */
  public EncodedPeriodicPlaintexts encode(double[][] rows, int limbs, double scale) {
    CkksChecks.rows("encodePeriodic", parameters, rows, limbs, scale);
    return of(rows[0].length).encode(rows, limbs, scale);
  }

  /**
   * Encodes complex rows of 2F values each, F real parts and then F imaginary ones.
   *
   * @throws CkksException as the other, and for a row of an odd number of values or of two
   */
  public EncodedPeriodicPlaintexts encodeComplex(double[][] rows, int limbs, double scale) {
    CkksChecks.complexRows("encodePeriodic", parameters, rows, limbs, scale);
    return of(rows[0].length / 2).encodeComplex(rows, limbs, scale);
  }
}
