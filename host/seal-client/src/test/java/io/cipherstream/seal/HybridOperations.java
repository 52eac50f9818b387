package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.KeyWords;
import java.util.List;

/** Rotations and a product under keys with several special primes, decrypted by SEAL. */
final class HybridOperations {

  private HybridOperations() {}

  /** Keys for steps 1, −3 and 128 and for relinearisation. */
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
        org.assertj.core.api.Assertions.assertThat(f.pair.words(hoisted))
            .as("rotation by %d alone and among others", step)
            .isEqualTo(f.pair.words(alone));
        f.assertSlots(
            "rotation by " + step, alone, i -> x[Math.floorMod(i + step, slots)], rotated);
      }
    }
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
}
