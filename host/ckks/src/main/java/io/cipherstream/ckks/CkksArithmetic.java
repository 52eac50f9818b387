package io.cipherstream.ckks;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What an engine implements: the words of each operation, and nothing else.
 *
 * <p>Called by {@link CkksEvaluator} alone, which has checked all preconditions: operands are this
 * arithmetic's own, sizes, limbs, scales, indices and steps fit, and keys are given for enough
 * limbs. {@code form} is what the result has; implementations take it over and compute no scale and
 * no limbs of their own. Results are new objects with canonical words, those that SEAL computes.
 * Safe for concurrent use.
 */
public interface CkksArithmetic extends AutoCloseable {

  CkksParameters parameters();

  /** Short name for logs, results and errors: {@code seal}, {@code simulate}, … */
  String name();

  /** Whether it made this ciphertext, or one like it could have. */
  boolean owns(Ciphertext a);

  /** The same of a plaintext. */
  boolean owns(Plaintext a);

  /** The same of periodic plaintexts. */
  boolean owns(PeriodicPlaintexts a);

  /** Whether it can use these keys. */
  boolean owns(EvaluationKeys keys);

  /** Encodes at most N/2 slots, missing ones being 0. */
  Plaintext encode(double[] slots, int limbs, double scale);

  /** Encodes one or more rows; checks them with {@link CkksChecks#rows}. */
  PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale);

  /** Encodes complex rows, each F real parts and then F imaginary ones; checks them likewise. */
  PeriodicPlaintexts encodePeriodicComplex(double[][] rows, int limbs, double scale);

  /** Rounds a real matrix to whole numbers at a scale. */
  default PlainMatrix encodeMatrix(
      int rows, int columns, IntFunction<double[]> values, double scale) {
    return EncodedMatrix.of(rows, columns, values, scale);
  }

  /** Whether it multiplies by this matrix. */
  default boolean owns(PlainMatrix a) {
    return a instanceof EncodedMatrix;
  }

  /**
   * A ciphertext from canonical words {@code [poly][limb][coefficient]}, little endian, position to
   * limit of a direct buffer, which is not read after this returns.
   */
  Ciphertext bring(CiphertextForm form, ByteBuffer words);

  Ciphertext add(Ciphertext a, Ciphertext b, CiphertextForm form);

  Ciphertext subtract(Ciphertext a, Ciphertext b, CiphertextForm form);

  Ciphertext sum(List<? extends Ciphertext> terms, CiphertextForm form);

  Ciphertext addPlain(Ciphertext a, Plaintext b, CiphertextForm form);

  Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index, CiphertextForm form);

  Ciphertext multiplyPlain(Ciphertext a, Plaintext b, CiphertextForm form);

  /** Σᵢ x[i] ⊙ w[index[i]]; as many indices as ciphertexts, none negative. */
  Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index, CiphertextForm form);

  /** Σᵢ a[i]·b[i] of size 3. */
  Ciphertext sumOfProducts(
      List<? extends Ciphertext> a, List<? extends Ciphertext> b, CiphertextForm form);

  /** Σ_c m[r][c]·x[c] for each row r; as many ciphertexts as columns, all of one limb. */
  List<Ciphertext> matrixProduct(List<? extends Ciphertext> x, PlainMatrix m, CiphertextForm form);

  Ciphertext relinearize(Ciphertext a, EvaluationKeys keys, CiphertextForm form);

  /** Divides by the last prime with rounding. */
  Ciphertext rescale(Ciphertext a, CiphertextForm form);

  /** The first limbs; a copy if all are wanted. */
  Ciphertext dropTo(Ciphertext a, CiphertextForm form);

  /**
   * The automorphism and its key switch.
   *
   * @param step in (−N/2, N/2), not 0; or N/2 for complex conjugation
   */
  Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form);

  /** a + {@link #rotate}(a, step), in one go where that is faster. */
  default Ciphertext plusMoved(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    try (Ciphertext rotated = rotate(a, step, keys, form)) {
      return add(a, rotated, form);
    }
  }

  /**
   * Rotations of one ciphertext that share work.
   *
   * @param steps two or more, each other than 0 and than the rest modulo N/2
   * @return in that order; empty if single rotations are to be used
   */
  default Optional<List<Ciphertext>> rotateAll(Ciphertext a, int[] steps, EvaluationKeys keys) {
    return Optional.empty();
  }

  /**
   * A whole baby-step-giant-step product as one unit. Keys have not been checked, since which ones
   * it needs is up to the arithmetic.
   *
   * @return its pieces, empty where there is no diagonal; empty if single operations are to be used
   */
  default Optional<List<Optional<Ciphertext>>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys keys) {
    return Optional.empty();
  }

  /** See {@link CkksEvaluator#wantsOneThread}. */
  default boolean wantsOneThread() {
    return false;
  }

  /** See {@link CkksEvaluator#fuses}. */
  default boolean fuses() {
    return false;
  }

  @Override
  void close();
}
