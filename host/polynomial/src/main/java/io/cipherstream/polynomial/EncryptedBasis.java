package io.cipherstream.polynomial;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link ProductBasis} on ciphertexts: from u, B₁(u) … B_d(u) in the same slots, all with ⌈log₂ d⌉
 * limbs fewer and one scale.
 *
 * <p>Level by level: with B₁ … B_a at hand, a a power of two, the next ones are a square 2·B_a² − 1
 * and products B_a·B_k. What is at hand comes along as a product with 1, so that all of a level has
 * the scale Δ²/q, Δ that of the level before. A basis of degree d takes d − 1 products of
 * ciphertexts. Holds encoded constants; safe for concurrent use until it is closed.
 */
public final class EncryptedBasis implements AutoCloseable {

  private static final int FIRST = 0;

  /** The least period of plaintexts that limb programs take. */
  private static final int PERIOD = 8;

  private final int degree;
  private final int limbs;

  /** For each level 1 at the scale of its ciphertexts. */
  private final List<PeriodicPlaintexts> ones = new ArrayList<>();

  /** For each level −1 at the scale of its products. */
  private final List<PeriodicPlaintexts> minusOnes = new ArrayList<>();

  /**
   * @param degree d, at least 1
   * @param limbs of u, more than ⌈log₂ d⌉
   * @param scale of u
   */
  public EncryptedBasis(CkksEvaluator evaluator, int degree, int limbs, double scale) {
    this.degree = degree;
    this.limbs = limbs;
    try {
      for (int level = 0; level < ProductBasis.depth(degree); level++) {
        double here = scale(evaluator.parameters(), limbs, scale, level);
        ones.add(constant(evaluator, 1, limbs - level, here));
        minusOnes.add(constant(evaluator, -1, limbs - level, here * here));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static PeriodicPlaintexts constant(
      CkksEvaluator evaluator, double value, int limbs, double scale) {
    double[] slots = new double[PERIOD];
    Arrays.fill(slots, value);
    return evaluator.encodePeriodic(new double[][] {slots}, limbs, scale);
  }

  /** The scale of what {@link #of} gives, from that of u: Δ ← Δ²/q at each level. */
  public static double scale(CkksParameters parameters, int limbs, double scale, int levels) {
    double result = scale;
    for (int level = 0; level < levels; level++) {
      result = result * result / parameters.dataPrime(limbs - level - 1).value();
    }
    return result;
  }

  /**
   * Most ciphertexts of u's limbs that {@link #of} has open at one time, u and results included.
   */
  public static int ciphertexts(int degree) {
    return 2 * degree + 4;
  }

  /** Off-heap bytes of the constants. */
  public long bytes() {
    return ones.stream().mapToLong(PeriodicPlaintexts::bytes).sum()
        + minusOnes.stream().mapToLong(PeriodicPlaintexts::bytes).sum();
  }

  /**
   * B₁(u) … B_d(u); the caller closes them.
   *
   * @param u slots in [−1, 1], of the limbs and the scale this was made for; stays open
   * @param keys with a relinearisation key for its limbs
   */
  public List<Ciphertext> of(CkksEvaluator on, EvaluationKeys keys, Ciphertext u) {
    List<Ciphertext> known = new ArrayList<>(List.of(on.dropTo(u, limbs)));
    try {
      for (int level = 0; level < ones.size(); level++) {
        List<Ciphertext> next = new ArrayList<>();
        try {
          raise(on, keys, known, level, next);
        } catch (RuntimeException | Error e) {
          next.forEach(Ciphertext::close);
          throw e;
        }
        known.forEach(Ciphertext::close);
        known = next;
      }
      return known;
    } catch (RuntimeException | Error e) {
      known.forEach(Ciphertext::close);
      throw e;
    }
  }

  /** What is known one level on, and as many again, or what is left to the degree. */
  private void raise(
      CkksEvaluator on,
      EvaluationKeys keys,
      List<Ciphertext> known,
      int level,
      List<Ciphertext> next) {
    int a = known.size();
    for (Ciphertext each : known) {
      try (Ciphertext product =
          on.sumOfPlainProducts(List.of(each), ones.get(level), new int[] {FIRST})) {
        next.add(on.rescale(product));
      }
    }
    Ciphertext largest = known.get(a - 1);
    for (int k = 1; k <= a && a + k <= degree; k++) {
      try (Ciphertext product = on.multiply(largest, known.get(k - 1));
          Ciphertext linear = on.relinearize(product, keys)) {
        next.add(k < a ? on.rescale(linear) : doubled(on, linear, level));
      }
    }
  }

  /** 2·square − 1, rescaled. */
  private Ciphertext doubled(CkksEvaluator on, Ciphertext square, int level) {
    try (Ciphertext twice = on.add(square, square);
        Ciphertext less = on.addPlain(twice, minusOnes.get(level), FIRST)) {
      return on.rescale(less);
    }
  }

  @Override
  public void close() {
    ones.forEach(PeriodicPlaintexts::close);
    minusOnes.forEach(PeriodicPlaintexts::close);
  }
}
