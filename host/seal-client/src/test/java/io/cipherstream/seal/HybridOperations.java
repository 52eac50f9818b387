package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Rotations and a product under keys with several special primes, decrypted by SEAL. */
final class HybridOperations {

  private HybridOperations() {}

  /** Keys for steps 1, −3 and 128, for conjugation and for relinearisation. */
  static void check(HybridPair f, int limbs, double scale, KeyWords keys) {
    int slots = f.set.slots();
    Ciphertext a = f.encrypt(limbs, scale);
    double[] x = f.decrypt(a);
    double rotated = (f.switchBound(limbs, 1) + 1) / scale;
    int[] steps = {1, -3, 128};
    List<Ciphertext> together = f.pair.limb.rotateAll(a, steps, keys);
    for (int r = 0; r < steps.length; r++) {
      int step = steps[r];
      try (Ciphertext alone = f.pair.limb.rotate(a, step, keys);
          Ciphertext hoisted = together.get(r)) {
        assertThat(f.pair.words(hoisted))
            .as("rotation by %d alone and among others", step)
            .isEqualTo(f.pair.words(alone));
        f.assertSlots(
            "rotation by " + step, alone, i -> x[Math.floorMod(i + step, slots)], rotated);
      }
    }
    f.assertSlots("conjugate", f.pair.limb.conjugate(a, keys), i -> x[i], rotated);
    if (limbs > 1) {
      Ciphertext b = f.encrypt(limbs, scale);
      double[] y = f.decrypt(b);
      try (Ciphertext product = f.pair.limb.multiply(a, b);
          Ciphertext two = f.pair.limb.relinearize(product, keys);
          Ciphertext rescaled = f.pair.limb.rescale(two)) {
        double error =
            (f.switchBound(limbs, 1) / scale + 3 * f.freshBound()) / scale
                + f.set.degree() * (f.set.degree() + 1.0) / rescaled.scale();
        f.assertSlots("product", rescaled, i -> x[i] * y[i], error);
      }
    }
  }

  /** A product by baby and giant steps; keys for steps 1, 2, 3, 4 and 128. */
  static void checkProduct(HybridPair f, int limbs, KeyWords keys) {
    int slots = f.set.slots();
    int period = 64;
    double scale = 0x1p40;
    double weightScale = 0x1p20;
    double[][] w = new double[6][period];
    for (double[] row : w) {
      Arrays.setAll(row, i -> f.pair.random.nextDouble() * 2 - 1);
    }
    int[][] terms = {{0, 1, 2, -1}, {3, -1, 4, 5}};
    Ciphertext a = f.encrypt(limbs, scale);
    double[] x = f.decrypt(a);
    IntToDoubleFunction expected =
        slot -> {
          double sum = 0;
          for (int giant = 0; giant < terms.length; giant++) {
            int at = slot + 128 + 4 * giant;
            for (int b = 0; b < 4; b++) {
              int row = terms[giant][b];
              sum += row < 0 ? 0 : w[row][at % period] * x[(at + b) % slots];
            }
          }
          return sum;
        };
    try (PeriodicPlaintexts diagonals = f.pair.limb.encodePeriodic(w, limbs, weightScale)) {
      BabyGiantProduct product =
          new BabyGiantProduct(
              4, List.of(new BabyGiantProduct.Piece(diagonals, List.of(terms), 128)));
      try (Ciphertext y =
          f.pair.limb.babyGiantProducts(List.of(a), product, keys).get(0).orElseThrow()) {
        double error = 8 * f.switchBound(limbs, 1) / scale + 6 * period / weightScale;
        f.assertSlots("product by steps", y, expected, error);
      }
    }
  }
}
