package io.cipherstream.ckks;

import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.OperationObserver.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * CKKS operations on ciphertexts of one parameter set, whatever engine computes them.
 *
 * <p>This class checks every precondition and says what scale, limbs and size a result has; the
 * words come from a {@link CkksArithmetic}. Every operation returns a new object that the caller
 * closes; operands are never changed. All words are canonical, in [0, q). Safe for concurrent use.
 *
 * <p>A broken precondition throws {@link CkksException} that names the operation, what was expected
 * and what came: equal limbs and (within 2⁻²⁰ relative) equal scales where two operands are added,
 * size 2 where a plaintext multiplies or a key is used, scale · 2 below the modulus product, finite
 * plaintext values, a key for the step with enough limbs. What the engine itself throws goes
 * through as it is.
 */
public final class CkksEvaluator implements AutoCloseable {

  /** Most terms of one sum. */
  public static final int TERMS_MAX = 1 << 15;

  private final CkksArithmetic arithmetic;
  private final CkksParameters parameters;
  private final OperandChecks operands;
  private final OperationObserver observer;

  /** Closing the evaluator closes {@code arithmetic}. */
  public CkksEvaluator(CkksArithmetic arithmetic) {
    this(arithmetic, OperationObserver.NONE);
  }

  private CkksEvaluator(CkksArithmetic arithmetic, OperationObserver observer) {
    this.arithmetic = arithmetic;
    this.parameters = arithmetic.parameters();
    this.operands = new OperandChecks(arithmetic);
    this.observer = observer;
  }

  /**
   * The same evaluator with another observer, which is told how long each operation that is asked
   * for takes, but not of those that it consists of. Either one's closing closes both.
   */
  public CkksEvaluator observedBy(OperationObserver other) {
    return new CkksEvaluator(arithmetic, other);
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /** The engine's short name for logs and results: {@code seal}, {@code simulate}, … */
  public String name() {
    return arithmetic.name();
  }

  /**
   * Whether the operations of an inference should come from one thread: they only start work, which
   * is joined as it comes from a thread, and in an order that repeats.
   */
  public boolean wantsOneThread() {
    return arithmetic.wantsOneThread();
  }

  /**
   * Whether {@link #rotateAll} and {@link #babyGiantProducts} are better than the single operations
   * they stand for, run by several threads.
   */
  public boolean fuses() {
    return arithmetic.fuses();
  }

  /**
   * A ciphertext of this engine with the words of one in the host's memory, which stays open.
   *
   * @throws CkksException of kind SHAPE for limbs out of range or another parameter set, SCALE for
   *     a scale that does not fit
   */
  public Ciphertext bring(HostCiphertext a) {
    CkksChecks.form("bring", parameters, a.form());
    ByteBuffer words = a.words();
    if (words.remaining() != HostCiphertext.bytes(parameters, a.form())) {
      operands.own("bring", "ciphertext", false);
    }
    return arithmetic.bring(a.form(), words);
  }

  /** The words of a ciphertext of this engine in the host's memory; the original stays open. */
  public HostCiphertext take(Ciphertext a) {
    operands.own("take", a);
    HostCiphertext taken = HostCiphertext.allocate(parameters, CiphertextForm.of(a));
    try {
      a.copyWordsTo(taken.words());
      return taken;
    } catch (RuntimeException | Error e) {
      taken.close();
      throw e;
    }
  }

  /**
   * A ciphertext from raw words {@code [poly][limb][coefficient]} that are not known to be
   * canonical; the buffer advances.
   *
   * @throws CkksException of kind SHAPE for a size other than 2 or 3 or limbs out of range, SCALE
   *     for a scale that is not finite, positive and below the modulus, WORDS for a heap buffer,
   *     too few bytes or a word that is not below its prime
   */
  public Ciphertext importCiphertext(int size, int limbs, double scale, ByteBuffer words) {
    String operation = "importCiphertext";
    CiphertextForm form = new CiphertextForm(size, limbs, scale);
    CkksChecks.form(operation, parameters, form);
    int bytes = HostCiphertext.bytes(parameters, form);
    CkksChecks.words(operation, words, bytes);
    ByteBuffer own = words.slice(words.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    CkksChecks.canonical(operation, parameters, limbs, own);
    Ciphertext result = arithmetic.bring(form, own);
    words.position(words.position() + bytes);
    return result;
  }

  /**
   * Encodes {@code slots} (at most N/2 values, missing ones are 0) at the given limbs and scale.
   */
  public Plaintext encode(double[] slots, int limbs, double scale) {
    CkksChecks.limbs("encode", parameters, limbs);
    CkksChecks.scale("encode", parameters, limbs, scale);
    CkksChecks.slots("encode", parameters, slots, limbs, scale);
    return timed(Operation.ENCODE, limbs, 1, () -> arithmetic.encode(slots, limbs, scale));
  }

  /**
   * Encodes periodic slot vectors of complex numbers, each row F real parts and then F imaginary
   * ones.
   */
  public PeriodicPlaintexts encodePeriodicComplex(double[][] rows, int limbs, double scale) {
    return timed(
        Operation.ENCODE,
        limbs,
        rows.length,
        () -> arithmetic.encodePeriodicComplex(rows, limbs, scale));
  }

  /** Encodes periodic slot vectors, each row of length F (a power of two ≤ N/2). */
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    return timed(
        Operation.ENCODE, limbs, rows.length, () -> arithmetic.encodePeriodic(rows, limbs, scale));
  }

  public Ciphertext add(Ciphertext a, Ciphertext b) {
    CiphertextForm form = operands.addends("add", a, b);
    return timed(Operation.ADD, form.limbs(), 1, () -> arithmetic.add(a, b, form));
  }

  public Ciphertext subtract(Ciphertext a, Ciphertext b) {
    CiphertextForm form = operands.addends("subtract", a, b);
    return timed(Operation.ADD, form.limbs(), 1, () -> arithmetic.subtract(a, b, form));
  }

  /** Sum of one or more ciphertexts of equal limbs, scale and size. */
  public Ciphertext sum(List<? extends Ciphertext> terms) {
    CiphertextForm form = operands.common("sum", terms);
    return timed(Operation.ADD, form.limbs(), terms.size(), () -> arithmetic.sum(terms, form));
  }

  /** a + b of equal scales. The plaintext may have more limbs than a. */
  public Ciphertext addPlain(Ciphertext a, Plaintext b) {
    operands.own("addPlain", a);
    operands.own("addPlain", b);
    CkksChecks.plainLimbs("addPlain", a, b.limbs());
    CkksChecks.equalScales("addPlain", a.scale(), b.scale());
    CiphertextForm form = CiphertextForm.of(a);
    return timed(Operation.ADD, a.limbs(), 1, () -> arithmetic.addPlain(a, b, form));
  }

  /** a + b[index], the plaintext array's scale equal to a's. */
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    operands.own("addPlain", a);
    operands.own("addPlain", b);
    CkksChecks.plainLimbs("addPlain", a, b.limbs());
    CkksChecks.equalScales("addPlain", a.scale(), b.scale());
    CkksChecks.index("addPlain", b, index);
    CiphertextForm form = CiphertextForm.of(a);
    return timed(Operation.ADD, a.limbs(), 1, () -> arithmetic.addPlain(a, b, index, form));
  }

  /** Slot-wise product; scale Δa·Δb, limbs unchanged. The plaintext may have more limbs than a. */
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    operands.own("multiplyPlain", a);
    operands.own("multiplyPlain", b);
    CkksChecks.size("multiplyPlain", a, 2);
    CkksChecks.plainLimbs("multiplyPlain", a, b.limbs());
    CiphertextForm form = operands.product("multiplyPlain", 2, a.limbs(), a.scale() * b.scale());
    return timed(
        Operation.MULTIPLY_PLAIN, a.limbs(), 1, () -> arithmetic.multiplyPlain(a, b, form));
  }

  /**
   * Σᵢ x[i] ⊙ w[index[i]], terms with a negative index skipped; the scale is Δx·Δw. The plaintexts
   * may have more limbs than the ciphertexts.
   *
   * @throws CkksException if no term remains or shapes differ
   */
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    String operation = "sumOfPlainProducts";
    if (x.size() != index.length) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + x.size() + " ciphertexts and " + index.length + " indices");
    }
    List<Ciphertext> terms = new ArrayList<>(index.length);
    for (int i = 0; i < index.length; i++) {
      if (index[i] >= 0) {
        terms.add(x.get(i));
      }
    }
    int[] rows = Arrays.stream(index).filter(i -> i >= 0).toArray();
    CiphertextForm first = operands.common(operation, terms);
    CkksChecks.size(operation, terms.get(0), 2);
    operands.own(operation, w);
    CkksChecks.plainLimbs(operation, terms.get(0), w.limbs());
    for (int row : rows) {
      CkksChecks.index(operation, w, row);
    }
    CiphertextForm form = operands.product(operation, 2, first.limbs(), first.scale() * w.scale());
    return timed(
        Operation.MULTIPLY_PLAIN,
        form.limbs(),
        rows.length,
        () -> arithmetic.sumOfPlainProducts(terms, w, rows, form));
  }

  /**
   * Rounds a real matrix to whole numbers, each at most {@link
   * io.cipherstream.ring.IntegerMatrix#ENTRY_MAX} in magnitude.
   *
   * @param values a row's numbers, as many as columns
   */
  public PlainMatrix encodeMatrix(
      int rows, int columns, IntFunction<double[]> values, double scale) {
    return timed(
        Operation.ENCODE, 1, rows, () -> arithmetic.encodeMatrix(rows, columns, values, scale));
  }

  /**
   * Σ_c m[r][c]·x[c] for each row r, slot by slot; the scale is Δx·Δm. Operands have one limb and
   * size 2; the caller closes the results.
   */
  public List<Ciphertext> matrixProduct(List<? extends Ciphertext> x, PlainMatrix m) {
    String operation = "matrixProduct";
    CiphertextForm first = operands.common(operation, x);
    CkksChecks.size(operation, x.get(0), 2);
    operands.own(operation, "matrix", arithmetic.owns(m));
    if (first.limbs() != 1 || x.size() != m.columns()) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": "
              + x.size()
              + " ciphertexts of "
              + first.limbs()
              + " limbs, expected "
              + m.columns()
              + " of one limb");
    }
    CiphertextForm form = operands.product(operation, 2, 1, first.scale() * m.scale());
    return timed(
        Operation.MULTIPLY_PLAIN,
        1,
        m.rows() * m.columns(),
        () -> arithmetic.matrixProduct(x, m, form));
  }

  /** a · b of size 3, scale Δa·Δb, limbs unchanged; operands have size 2. */
  public Ciphertext multiply(Ciphertext a, Ciphertext b) {
    return products("multiply", List.of(a), List.of(b));
  }

  /** Σᵢ a[i]·b[i] of size 3. */
  public Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    return products("sumOfProducts", a, b);
  }

  private Ciphertext products(
      String operation, List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    if (a.size() != b.size()) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + a.size() + " left and " + b.size() + " right operands");
    }
    CiphertextForm x = operands.common(operation, a);
    CiphertextForm y = operands.common(operation, b);
    CkksChecks.size(operation, a.get(0), 2);
    CkksChecks.size(operation, b.get(0), 2);
    CkksChecks.equalLimbs(operation, x.limbs(), y.limbs());
    CiphertextForm form = operands.product(operation, 3, x.limbs(), x.scale() * y.scale());
    return timed(
        Operation.MULTIPLY, x.limbs(), a.size(), () -> arithmetic.sumOfProducts(a, b, form));
  }

  /** Size 3 to size 2; scale and limbs unchanged. */
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys) {
    operands.own("relinearize", a);
    operands.own("relinearize", keys);
    CkksChecks.size("relinearize", a, 3);
    CkksChecks.relinearizationKey("relinearize", keys, a.limbs());
    CiphertextForm form = CiphertextForm.of(a).withSize(2);
    return timed(Operation.RELINEARIZE, a.limbs(), 1, () -> arithmetic.relinearize(a, keys, form));
  }

  /** Divides by the last prime with rounding: limbs − 1, scale Δ/q. */
  public Ciphertext rescale(Ciphertext a) {
    operands.own("rescale", a);
    if (a.limbs() < 2) {
      throw new CkksException(Kind.SHAPE, "rescale: 1 limb, expected at least 2");
    }
    double scale = a.scale() / parameters.dataPrime(a.limbs() - 1).value();
    CiphertextForm form = new CiphertextForm(a.size(), a.limbs() - 1, scale);
    return timed(Operation.RESCALE, a.limbs(), 1, () -> arithmetic.rescale(a, form));
  }

  /** Drops primes without dividing: fewer limbs, same scale. A copy if limbs are equal. */
  public Ciphertext dropTo(Ciphertext a, int limbs) {
    operands.own("dropTo", a);
    if (limbs < 1 || limbs > a.limbs()) {
      throw new CkksException(
          Kind.SHAPE, "dropTo: " + limbs + " limbs, expected 1 to " + a.limbs());
    }
    CkksChecks.scale("dropTo", parameters, limbs, a.scale());
    CiphertextForm form = new CiphertextForm(a.size(), limbs, a.scale());
    return timed(Operation.DROP, a.limbs(), 1, () -> arithmetic.dropTo(a, form));
  }

  /** slot i of the result is slot (i + step) mod N/2 of a; step in (−N/2, N/2), 0 gives a copy. */
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys) {
    operands.own("rotate", a);
    CkksChecks.size("rotate", a, 2);
    if (step == 0) {
      return dropTo(a, a.limbs());
    }
    operands.rotationKey("rotate", a, step, keys);
    CiphertextForm form = CiphertextForm.of(a);
    return timed(Operation.ROTATE, a.limbs(), 1, () -> arithmetic.rotate(a, step, keys, form));
  }

  /**
   * Every slot's complex conjugate, by a key switch with the key of step N/2 ({@link
   * CkksParameters#conjugationStep}); limbs and scale unchanged. a + conjugate(a) is twice the real
   * parts.
   */
  public Ciphertext conjugate(Ciphertext a, EvaluationKeys keys) {
    int step = operands.conjugation("conjugate", a, keys);
    CiphertextForm form = CiphertextForm.of(a);
    return timed(Operation.ROTATE, a.limbs(), 1, () -> arithmetic.rotate(a, step, keys, form));
  }

  /** a + conjugate(a), with the words of the two operations; counted as the rotation alone. */
  public Ciphertext plusConjugate(Ciphertext a, EvaluationKeys keys) {
    return plusMoved(a, operands.conjugation("plusConjugate", a, keys), keys);
  }

  /** a + rotate(a, step), with the words of the two operations; counted as the rotation alone. */
  public Ciphertext plusRotated(Ciphertext a, int step, EvaluationKeys keys) {
    String operation = "plusRotated";
    operands.own(operation, a);
    CkksChecks.size(operation, a, 2);
    if (step == 0) {
      return add(a, a);
    }
    operands.rotationKey(operation, a, step, keys);
    return plusMoved(a, step, keys);
  }

  private Ciphertext plusMoved(Ciphertext a, int step, EvaluationKeys keys) {
    CiphertextForm form = CiphertextForm.of(a);
    return timed(Operation.ROTATE, a.limbs(), 1, () -> arithmetic.plusMoved(a, step, keys, form));
  }

  /**
   * Rotations of one ciphertext by several steps, in that order; the caller closes them. Engines
   * that can share work between them do; the words are those of {@link #rotate}.
   */
  public List<Ciphertext> rotateAll(Ciphertext a, int[] steps, EvaluationKeys keys) {
    operands.own("rotateAll", a);
    CkksChecks.size("rotateAll", a, 2);
    int[] moved = Arrays.stream(steps).filter(step -> step != 0).toArray();
    for (int step : moved) {
      operands.rotationKey("rotateAll", a, step, keys);
    }
    return timed(Operation.ROTATE, a.limbs(), steps.length, () -> rotated(a, steps, moved, keys));
  }

  private List<Ciphertext> rotated(Ciphertext a, int[] steps, int[] moved, EvaluationKeys keys) {
    long different =
        Arrays.stream(moved).map(s -> Math.floorMod(s, parameters.slots())).distinct().count();
    List<Ciphertext> results = new ArrayList<>(steps.length);
    List<Ciphertext> shared = new ArrayList<>();
    try {
      if (moved.length > 1 && different == moved.length) {
        arithmetic.rotateAll(a, moved, keys).ifPresent(shared::addAll);
      }
      CkksEvaluator single = unobserved();
      for (int step : steps) {
        results.add(
            step == 0 || shared.isEmpty() ? single.rotate(a, step, keys) : shared.remove(0));
      }
      return results;
    } catch (RuntimeException | Error e) {
      results.forEach(Ciphertext::close);
      shared.forEach(Ciphertext::close);
      throw e;
    }
  }

  /**
   * All pieces of a baby-step-giant-step product, empty where a piece has no diagonal; the caller
   * closes them.
   *
   * @throws CkksException as the operations it stands for
   */
  public List<Optional<Ciphertext>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys keys) {
    String operation = "babyGiantProducts";
    CiphertextForm first = operands.common(operation, x);
    CkksChecks.size(operation, x.get(0), 2);
    operands.own(operation, keys);
    for (BabyGiantProduct.Piece piece : product.pieces()) {
      operands.own(operation, piece.diagonals());
      CkksChecks.plainLimbs(operation, x.get(0), piece.diagonals().limbs());
      CkksChecks.scale(
          operation, parameters, first.limbs(), first.scale() * piece.diagonals().scale());
      piece.checkTerms(operation, x.size() * product.babySteps());
    }
    return timed(
        Operation.BABY_GIANT,
        first.limbs(),
        product.pieces().size(),
        () ->
            arithmetic
                .babyGiantProducts(x, product, keys)
                .orElseGet(() -> product.oneByOne(unobserved(), x, keys)));
  }

  private CkksEvaluator unobserved() {
    return observer == OperationObserver.NONE ? this : new CkksEvaluator(arithmetic);
  }

  private <T> T timed(Operation operation, int limbs, int terms, Supplier<T> call) {
    long start = System.nanoTime();
    T result = call.get();
    observer.observed(operation, limbs, terms, System.nanoTime() - start);
    return result;
  }

  /** Closes the arithmetic below; ciphertexts stay valid until they are closed. */
  @Override
  public void close() {
    arithmetic.close();
  }
}
