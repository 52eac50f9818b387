package io.cipherstream.ckks;

import io.cipherstream.ckks.OperationObserver.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An evaluator that passes everything on and tells an observer how long each operation took.
 * Closing it closes the evaluator behind it. As thread-safe as that evaluator and the observer are.
 */
public final class ObservedEvaluator implements CkksEvaluator {

  private final CkksEvaluator inner;
  private final OperationObserver observer;

  public ObservedEvaluator(CkksEvaluator inner, OperationObserver observer) {
    this.inner = inner;
    this.observer = observer;
  }

  private <T> T timed(Operation operation, int limbs, int terms, Supplier<T> call) {
    long start = System.nanoTime();
    T result = call.get();
    observer.observed(operation, limbs, terms, System.nanoTime() - start);
    return result;
  }

  @Override
  public CkksParameters parameters() {
    return inner.parameters();
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    return timed(Operation.ENCODE, limbs, 1, () -> inner.encode(slots, limbs, scale));
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    return timed(
        Operation.ENCODE, limbs, rows.length, () -> inner.encodePeriodic(rows, limbs, scale));
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b) {
    return timed(Operation.ADD, a.limbs(), 1, () -> inner.add(a, b));
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b) {
    return timed(Operation.ADD, a.limbs(), 1, () -> inner.subtract(a, b));
  }

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms) {
    int limbs = terms.isEmpty() ? 0 : terms.get(0).limbs();
    return timed(Operation.ADD, limbs, terms.size(), () -> inner.sum(terms));
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b) {
    return timed(Operation.ADD, a.limbs(), 1, () -> inner.addPlain(a, b));
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    return timed(Operation.ADD, a.limbs(), 1, () -> inner.addPlain(a, b, index));
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    return timed(Operation.MULTIPLY_PLAIN, a.limbs(), 1, () -> inner.multiplyPlain(a, b));
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    int terms = (int) Arrays.stream(index).filter(i -> i >= 0).count();
    int limbs = x.isEmpty() ? 0 : x.get(0).limbs();
    return timed(
        Operation.MULTIPLY_PLAIN, limbs, terms, () -> inner.sumOfPlainProducts(x, w, index));
  }

  @Override
  public Ciphertext multiply(Ciphertext a, Ciphertext b) {
    return timed(Operation.MULTIPLY, a.limbs(), 1, () -> inner.multiply(a, b));
  }

  @Override
  public Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    int limbs = a.isEmpty() ? 0 : a.get(0).limbs();
    return timed(Operation.MULTIPLY, limbs, a.size(), () -> inner.sumOfProducts(a, b));
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys) {
    return timed(Operation.RELINEARIZE, a.limbs(), 1, () -> inner.relinearize(a, keys));
  }

  @Override
  public Ciphertext rescale(Ciphertext a) {
    return timed(Operation.RESCALE, a.limbs(), 1, () -> inner.rescale(a));
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, int limbs) {
    return timed(Operation.DROP, a.limbs(), 1, () -> inner.dropTo(a, limbs));
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys) {
    Operation operation = step == 0 ? Operation.DROP : Operation.ROTATE;
    return timed(operation, a.limbs(), 1, () -> inner.rotate(a, step, keys));
  }

  @Override
  public List<Ciphertext> rotateAll(Ciphertext a, int[] steps, EvaluationKeys keys) {
    return timed(Operation.ROTATE, a.limbs(), steps.length, () -> inner.rotateAll(a, steps, keys));
  }

  @Override
  public List<Optional<Ciphertext>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys keys) {
    int limbs = x.isEmpty() ? 0 : x.get(0).limbs();
    return timed(
        Operation.BABY_GIANT,
        limbs,
        product.pieces().size(),
        () -> inner.babyGiantProducts(x, product, keys));
  }

  @Override
  public boolean fuses() {
    return inner.fuses();
  }

  @Override
  public void close() {
    inner.close();
  }
}
