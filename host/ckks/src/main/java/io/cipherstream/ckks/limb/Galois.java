package io.cipherstream.ckks.limb;

/** Galois elements of slot rotations. */
final class Galois {

  private Galois() {}

  /** g⁻¹ mod 2N; the group of odd residues has exponent N/2. */
  static int inverse(int element, int degree) {
    long result = 1;
    long square = element;
    for (int exponent = degree / 2 - 1; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) != 0) {
        result = result * square % (2L * degree);
      }
      square = square * square % (2L * degree);
    }
    return (int) result;
  }

  /**
   * Whether X → X^g flips the sign of what lands on coefficient k: one word a coefficient, 1 where
   * it does.
   */
  static long[] signFlips(int element, int degree) {
    long[] flips = new long[degree];
    for (int k = 0; k < degree; k++) {
      int to = (int) ((long) k * element % (2L * degree));
      if (to >= degree) {
        flips[to - degree] = 1;
      }
    }
    return flips;
  }
}
