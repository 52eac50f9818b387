package io.cipherstream.network;

/** x/(1 + e⁻ˣ), the smooth part of an edge of a Kolmogorov–Arnold network. */
final class Silu {

  private Silu() {}

  static double of(double x) {
    return x / (1 + Math.exp(-x));
  }
}
