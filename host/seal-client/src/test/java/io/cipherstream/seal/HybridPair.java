package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;

/**
 * Limb programs with several special primes on keys that SEAL's client made, and SEAL decrypting
 * the results. Errors are held below what is proved of them.
 */
final class HybridPair implements AutoCloseable {

  /** SEAL draws errors of at most this magnitude. */
  private static final int ERROR_MAX = 21;

  final LimbPair pair;
  final CkksParameters set;

  HybridPair(CkksParameters set, Function<LimbRing, LimbEngine> engines) {
    this.pair = new LimbPair(set, engines);
    this.set = set;
  }

  Ciphertext encrypt(int limbs, double scale) {
    return pair.encrypt(limbs, scale).limb();
  }

  double[] decrypt(Ciphertext a) {
    return pair.client.decrypt(pair.words(a), a.size(), a.limbs(), a.scale());
  }

  /**
   * Largest error of a slot, times the scale, that {@code switches} key switches of ciphertexts of
   * ℓ limbs add: N times a coefficient's, which is k/2·(1 + N) for the two roundings and below 1
   * more for the digits if each is shorter than P by the bits of 2·k·N²·{@value #ERROR_MAX}, else
   * that.
   */
  double switchBound(int limbs, int switches) {
    double n = set.degree();
    double k = set.specialPrimes().size();
    double special =
        set.specialPrimes().stream().mapToDouble(p -> Math.log(p.value()) / Math.log(2)).sum();
    double digits = 0;
    for (int first = 0; first < limbs; first += set.specialPrimes().size()) {
      double bits = set.modulusBits(Math.min(limbs, first + (int) k)) - set.modulusBits(first);
      digits += k * n * ERROR_MAX * Math.pow(2, bits - special);
    }
    return switches * n * (k / 2 * (1 + n) + digits);
  }

  /** Largest error of a slot of a fresh encryption, times the scale. */
  double freshBound() {
    return set.degree() * (ERROR_MAX + 1.0);
  }

  /** Asserts that SEAL decrypts to these slots but for an error; closes nothing. */
  void assertSlots(String what, Ciphertext a, IntToDoubleFunction expected, double error) {
    double[] slots = decrypt(a);
    double worst = 0;
    for (int i = 0; i < slots.length; i++) {
      worst = Math.max(worst, Math.abs(slots[i] - expected.applyAsDouble(i)));
    }
    System.out.printf(
        "%s at %d limbs: largest error 2^%.1f, proved 2^%.1f%n",
        what, a.limbs(), Math.log(worst) / Math.log(2), Math.log(error) / Math.log(2));
    assertThat(worst)
        .as("%s on %s, %s, seed %d", what, pair.engine.name(), a, pair.seed)
        .isLessThan(error);
  }

  @Override
  public void close() {
    pair.close();
  }
}
