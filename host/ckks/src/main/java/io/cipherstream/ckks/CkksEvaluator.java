package io.cipherstream.ckks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * CKKS arithmetic on ciphertexts of one parameter set.
 *
 * <p>Every operation returns a new object that the caller closes; operands are never changed. All
 * word results are canonical, in [0, q). Implementations are safe for concurrent use.
 *
 * <p>Preconditions are checked before native code runs and broken ones throw {@link CkksException}
 * that names the operation, what was expected and what came: equal limbs and (within 2⁻²⁰ relative)
 * equal scales where two operands are added, size 2 where a plaintext multiplies or a key is used,
 * scale · 2 below the modulus product, finite plaintext values, a key for the step with enough
 * limbs.
 */
public interface CkksEvaluator extends AutoCloseable {

  CkksParameters parameters();

  /** Short name for logs and results: {@code seal}, {@code simulate}, … */
  String name();

  /**
   * Encodes {@code slots} (at most N/2 values, missing ones are 0) at the given limbs and scale.
   */
  Plaintext encode(double[] slots, int limbs, double scale);

  /** Encodes periodic slot vectors, each row of length F (a power of two ≤ N/2). */
  PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale);

  Ciphertext add(Ciphertext a, Ciphertext b);

  Ciphertext subtract(Ciphertext a, Ciphertext b);

  /** Sum of one or more ciphertexts of equal limbs, scale and size. */
  Ciphertext sum(List<? extends Ciphertext> terms);

  Ciphertext addPlain(Ciphertext a, Plaintext b);

  /** a + b[index], the plaintext array's scale equal to a's. */
  Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index);

  /** Slot-wise product; scale Δa·Δb, limbs unchanged. The plaintext may have more limbs than a. */
  Ciphertext multiplyPlain(Ciphertext a, Plaintext b);

  /**
   * Σᵢ x[i] ⊙ w[index[i]], terms with a negative index skipped; the scale is Δx·Δw. One reduction
   * at the end. The plaintexts may have more limbs than the ciphertexts.
   *
   * @throws CkksException if no term remains or shapes differ
   */
  Ciphertext sumOfPlainProducts(List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index);

  /** a · b of size 3, scale Δa·Δb, limbs unchanged; operands have size 2. */
  Ciphertext multiply(Ciphertext a, Ciphertext b);

  /** Σᵢ a[i]·b[i] of size 3. */
  Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b);

  /** Size 3 to size 2; scale and limbs unchanged. */
  Ciphertext relinearize(Ciphertext a, EvaluationKeys keys);

  /** Divides by the last prime with rounding: limbs − 1, scale Δ/q. */
  Ciphertext rescale(Ciphertext a);

  /** Drops primes without dividing: fewer limbs, same scale. A copy if limbs are equal. */
  Ciphertext dropTo(Ciphertext a, int limbs);

  /** slot i of the result is slot (i + step) mod N/2 of a; step in (−N/2, N/2), 0 gives a copy. */
  Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys);

  /**
   * Rotations of one ciphertext by several steps, in that order; the caller closes them. Engines
   * that can share work between them do; the words are those of {@link #rotate}.
   */
  default List<Ciphertext> rotateAll(Ciphertext a, int[] steps, EvaluationKeys keys) {
    List<Ciphertext> rotated = new ArrayList<>(steps.length);
    try {
      for (int step : steps) {
        rotated.add(rotate(a, step, keys));
      }
      return rotated;
    } catch (RuntimeException | Error e) {
      rotated.forEach(Ciphertext::close);
      throw e;
    }
  }

  /**
   * All pieces of a baby-step-giant-step product, empty where a piece has no diagonal; the caller
   * closes them.
   *
   * @throws CkksException as the operations it stands for
   */
  default List<Optional<Ciphertext>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys keys) {
    return product.oneByOne(this, x, keys);
  }

  /**
   * Whether {@link #rotateAll} and {@link #babyGiantProducts} are better than the single operations
   * they stand for, run by several threads.
   */
  default boolean fuses() {
    return false;
  }

  @Override
  void close();
}
