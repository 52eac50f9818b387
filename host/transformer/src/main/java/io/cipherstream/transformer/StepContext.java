package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import io.cipherstream.ckks.Plaintext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step computes with, and the owner of what it makes: arithmetic, threads, one client's
 * keys, and a scope.
 *
 * <p>Everything that an operation makes is closed with the context that made it. What has to live
 * longer is kept by the context around it ({@link #keep}); what is large and not needed to the end
 * is freed before ({@link #free}). A run has a context, each of its steps one within that, and each
 * piece of work of a {@link #map} one within the step's:
 *
 * <pre>
 * try (StepContext s = ctx.open()) {
 *   Ciphertext rotated = s.rotate(a, 1);  // closed at the end, also after a failure
 *   return s.keep(s.add(a, rotated));     // belongs to ctx
 * }
 * </pre>
 *
 * <p>Operations are those of {@link CkksEvaluator}, with its errors; operands stay open. Safe for
 * concurrent use.
 */
final class StepContext implements AutoCloseable {

  /** A piece of work: makes a ciphertext in the context that it is given. */
  interface Work {
    Ciphertext compute(StepContext ctx, int index);
  }

  /** A piece of work that makes any number of ciphertexts. */
  interface WorkOfMany {
    List<Ciphertext> compute(StepContext ctx, int index);
  }

  private final CkksEvaluator evaluator;
  private final Parallel parallel;
  private final EvaluationKeys keys;
  private final @Nullable StepContext outer;
  private final Scope scope = new Scope();

  /** The context of a run. */
  StepContext(CkksEvaluator evaluator, Parallel parallel, EvaluationKeys keys) {
    this(evaluator, evaluator.wantsOneThread() ? parallel.alone() : parallel, keys, null);
  }

  private StepContext(
      CkksEvaluator evaluator,
      Parallel parallel,
      EvaluationKeys keys,
      @Nullable StepContext outer) {
    this.evaluator = evaluator;
    this.parallel = parallel;
    this.keys = keys;
    this.outer = outer;
  }

  /** A context within this one. */
  StepContext open() {
    return new StepContext(evaluator, parallel, keys, this);
  }

  private StepContext outer() {
    if (outer == null) {
      throw new IllegalStateException("no context is around that of a run");
    }
    return outer;
  }

  /** Owns what someone else has made. */
  Ciphertext adopt(Ciphertext made) {
    return scope.add(made);
  }

  /**
   * Hands what this context owns to the one around it, which closes it with itself.
   *
   * @throws IllegalStateException if this context does not own it
   */
  Ciphertext keep(Ciphertext made) {
    return outer().scope.add(scope.release(made));
  }

  /** As the other, for each of them. */
  List<Ciphertext> keep(List<Ciphertext> made) {
    made.forEach(this::keep);
    return made;
  }

  /** Takes over what the context around owns, so that it is closed with this one. */
  List<Ciphertext> take(List<Ciphertext> kept) {
    kept.forEach(c -> scope.add(outer().scope.release(c)));
    return kept;
  }

  /** Gives ciphertexts of this context to the caller, who closes them. */
  List<Ciphertext> release(List<Ciphertext> made) {
    made.forEach(scope::release);
    return made;
  }

  /** Closes a ciphertext now if this context owns it; else it is left alone. */
  void free(Ciphertext made) {
    if (scope.owns(made)) {
      scope.release(made).close();
    }
  }

  /** As the other, for each of them. */
  void free(List<Ciphertext> made) {
    made.forEach(this::free);
  }

  /** Runs pieces of work on several threads; what they return belongs to this context. */
  List<Ciphertext> map(int count, Work work) {
    return parallel.map(
        count,
        i -> {
          try (StepContext piece = open()) {
            return piece.keep(work.compute(piece, i));
          }
        });
  }

  /** As {@link #map}, with any number of results a piece. */
  List<List<Ciphertext>> mapAll(int count, WorkOfMany work) {
    return parallel.map(
        count,
        i -> {
          try (StepContext piece = open()) {
            return piece.keep(work.compute(piece, i));
          }
        });
  }

  /** Whether {@link #rotateAll} and {@link #babyGiantProducts} beat what they stand for. */
  boolean fuses() {
    return evaluator.fuses();
  }

  Plaintext encode(double[] slots, int limbs, double scale) {
    return scope.add(evaluator.encode(slots, limbs, scale));
  }

  Ciphertext add(Ciphertext a, Ciphertext b) {
    return adopt(evaluator.add(a, b));
  }

  Ciphertext subtract(Ciphertext a, Ciphertext b) {
    return adopt(evaluator.subtract(a, b));
  }

  /** m·x, one ciphertext a row. */
  List<Ciphertext> matrixProduct(List<Ciphertext> x, PlainMatrix m) {
    List<Ciphertext> rows = evaluator.matrixProduct(x, m);
    rows.forEach(this::adopt);
    return rows;
  }

  /** sum + term in place of both, which are freed. */
  Ciphertext plus(Ciphertext sum, Ciphertext term) {
    Ciphertext next = add(sum, term);
    free(sum);
    free(term);
    return next;
  }

  Ciphertext sum(List<Ciphertext> terms) {
    return adopt(evaluator.sum(terms));
  }

  Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    return adopt(evaluator.addPlain(a, b, index));
  }

  Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    return adopt(evaluator.multiplyPlain(a, b));
  }

  /** a ⊙ w[index]. */
  Ciphertext multiplyPlain(Ciphertext a, PeriodicPlaintexts w, int index) {
    return sumOfPlainProducts(List.of(a), w, new int[] {index});
  }

  Ciphertext sumOfPlainProducts(List<Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    return adopt(evaluator.sumOfPlainProducts(x, w, index));
  }

  Ciphertext sumOfProducts(List<Ciphertext> a, List<Ciphertext> b) {
    return adopt(evaluator.sumOfProducts(a, b));
  }

  Ciphertext relinearize(Ciphertext a) {
    return adopt(evaluator.relinearize(a, keys));
  }

  Ciphertext rescale(Ciphertext a) {
    return adopt(evaluator.rescale(a));
  }

  /** Relinearised and rescaled. */
  Ciphertext reduce(Ciphertext product) {
    try (Ciphertext two = evaluator.relinearize(product, keys)) {
      return rescale(two);
    }
  }

  /** a·b, relinearised and rescaled. */
  Ciphertext product(Ciphertext a, Ciphertext b) {
    return product(List.of(a), List.of(b));
  }

  /** Σᵢ a[i]·b[i], relinearised and rescaled. */
  Ciphertext product(List<Ciphertext> a, List<Ciphertext> b) {
    try (Ciphertext product = evaluator.sumOfProducts(a, b)) {
      return reduce(product);
    }
  }

  /** With fewer limbs; a copy with as many. */
  Ciphertext drop(Ciphertext a, int limbs) {
    return adopt(evaluator.dropTo(a, limbs));
  }

  /** All of them with fewer limbs. */
  List<Ciphertext> dropAll(List<Ciphertext> all, int limbs) {
    return map(all.size(), (s, i) -> s.drop(all.get(i), limbs));
  }

  Ciphertext rotate(Ciphertext a, int step) {
    return adopt(evaluator.rotate(a, step, keys));
  }

  /** a + rotate(a, step). */
  Ciphertext plusRotated(Ciphertext a, int step) {
    return adopt(evaluator.plusRotated(a, step, keys));
  }

  /** Twice the real parts of the slots, and twice the imaginary ones, which stay imaginary. */
  List<Ciphertext> apart(Ciphertext a) {
    try (Ciphertext conjugate = evaluator.conjugate(a, keys)) {
      return List.of(add(a, conjugate), subtract(a, conjugate));
    }
  }

  Ciphertext conjugate(Ciphertext a) {
    return adopt(evaluator.conjugate(a, keys));
  }

  /** Twice the real parts of the slots. */
  Ciphertext plusConjugate(Ciphertext a) {
    return adopt(evaluator.plusConjugate(a, keys));
  }

  List<Ciphertext> rotateAll(Ciphertext a, int[] steps) {
    List<Ciphertext> rotated = evaluator.rotateAll(a, steps, keys);
    rotated.forEach(this::adopt);
    return rotated;
  }

  List<Optional<Ciphertext>> babyGiantProducts(List<Ciphertext> x, BabyGiantProduct product) {
    List<Optional<Ciphertext>> results = evaluator.babyGiantProducts(x, product, keys);
    results.forEach(result -> result.ifPresent(this::adopt));
    return results;
  }

  /** One piece of a product from rotations that were made before. */
  Optional<Ciphertext> piece(BabyGiantProduct product, int piece, List<Ciphertext> babies) {
    Optional<Ciphertext> result = product.piece(evaluator, piece, babies, keys);
    result.ifPresent(this::adopt);
    return result;
  }

  /** Closes what was made here and neither kept nor released. */
  @Override
  public void close() {
    scope.close();
  }
}
