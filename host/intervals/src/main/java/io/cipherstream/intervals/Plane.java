package io.cipherstream.intervals;

import io.cipherstream.ckks.CiphertextForm;

/**
 * One of the three slot vectors of a track, each in as many chunks as the grid has. All have three
 * limbs.
 */
public enum Plane {
  /** Covered base pairs of a bin, 0 to b. */
  COVERED(0x1p32),
  /** {@link #TOUCH} if an interval has a base pair in the bin, else 0. */
  TOUCHED(0x1p38),
  /**
   * How near the next touched bin of the same chromosome is: {@link #NEAR_MAX} in a touched bin,
   * one less for each bin of distance, and 0 from {@link #NEAR_MAX} bins on; all of it divided by
   * {@link #TOUCH}. The scale is that of the prime which the product with it is rescaled by.
   */
  NEAR(IntervalPlan.PARAMETERS.dataPrime(2).value());

  /** The value of a touched bin, more than {@link #NEAR_MAX}. */
  public static final int TOUCH = 512;

  /** Nearness of a touched bin to itself. */
  public static final int NEAR_MAX = 256;

  /** Limbs of all planes. */
  static final int LIMBS = 3;

  private final double scale;

  Plane(double scale) {
    this.scale = scale;
  }

  /** Limbs and scale of its ciphertexts. */
  public CiphertextForm form() {
    return new CiphertextForm(2, LIMBS, scale);
  }

  /** Largest value in a slot. */
  double most(int binSize) {
    return switch (this) {
      case COVERED -> binSize;
      case TOUCHED -> TOUCH;
      case NEAR -> (double) NEAR_MAX / TOUCH;
    };
  }

  /** Number of a chunk's envelope among those of a track: plane after plane. */
  public int index(int chunk, int chunks) {
    return ordinal() * chunks + chunk;
  }

  /** Envelopes of a whole track. */
  public static int envelopes(int chunks) {
    return values().length * chunks;
  }
}
