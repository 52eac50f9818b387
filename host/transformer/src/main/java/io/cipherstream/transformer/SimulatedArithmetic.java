package io.cipherstream.transformer;

import static io.cipherstream.transformer.OperationCounts.Operation;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksArithmetic;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import io.cipherstream.ckks.Plaintext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * CKKS arithmetic on plain slots: values, exact or with noise, and a count of every operation.
 *
 * <p>With values it is the simulate mode: the same program as under encryption, without noise or
 * with {@link SlotNoise}. It also refuses a result whose mean magnitude times its scale reaches
 * half the modulus, since such a ciphertext could wrap around. Without values it traces shapes,
 * from which a plan is made.
 */
public final class SimulatedArithmetic implements CkksArithmetic {

  private final CkksParameters parameters;
  private final boolean values;
  private final @Nullable SlotNoise noise;
  private final OperationCounts counts;
  private final SimulatedMemory memory = new SimulatedMemory();
  private final @Nullable CkksEvaluator inside;

  /**
   * @param values whether slots are computed; if not, only shapes are
   */
  SimulatedArithmetic(CkksParameters parameters, boolean values) {
    this(parameters, values, null, new OperationCounts(), null);
  }

  private SimulatedArithmetic(
      CkksParameters parameters,
      boolean values,
      @Nullable SlotNoise noise,
      OperationCounts counts,
      @Nullable CkksEvaluator inside) {
    this.parameters = parameters;
    this.values = values;
    this.noise = noise;
    this.counts = counts;
    this.inside = inside;
  }

  /**
   * Arithmetic on shapes that computes a product with its baby rotations as one operation, as
   * engines do: it counts the same operations, but of a product only the results are ever open.
   */
  static SimulatedArithmetic fusing(CkksParameters parameters) {
    OperationCounts counts = new OperationCounts();
    SimulatedArithmetic single = new SimulatedArithmetic(parameters, false, null, counts, null);
    return new SimulatedArithmetic(parameters, false, null, counts, new CkksEvaluator(single));
  }

  /** Arithmetic that computes slot values. */
  public static SimulatedArithmetic withValues(CkksParameters parameters) {
    return new SimulatedArithmetic(parameters, true);
  }

  /**
   * Arithmetic that computes slot values with the errors of encryption, drawn from that seed.
   *
   * @throws IllegalArgumentException if the set has several special primes
   */
  public static SimulatedArithmetic withNoise(CkksParameters parameters, long seed) {
    return new SimulatedArithmetic(
        parameters, true, new SlotNoise(parameters, seed), new OperationCounts(), null);
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  @Override
  public String name() {
    return "simulate";
  }

  @Override
  public boolean owns(Ciphertext a) {
    return a instanceof SimulatedCiphertext simulated && simulated.open() == a;
  }

  @Override
  public boolean owns(Plaintext a) {
    return a instanceof SimulatedPlaintexts.Dense;
  }

  @Override
  public boolean owns(PeriodicPlaintexts a) {
    return a instanceof SimulatedPlaintexts.Periodic;
  }

  @Override
  public boolean owns(PlainMatrix a) {
    return a instanceof SimulatedPlaintexts.Matrix;
  }

  @Override
  public boolean owns(EvaluationKeys keys) {
    return keys instanceof SimulatedKeys;
  }

  /** Operations run so far. */
  public OperationCounts counts() {
    return counts;
  }

  /** Words of the ciphertexts made here that are open. */
  SimulatedMemory memory() {
    return memory;
  }

  /**
   * A ciphertext with the given slots, real or complex, as the client's encryption would make it.
   */
  public Ciphertext fresh(CiphertextSpec spec, double @Nullable [] slots) {
    CkksChecks.limbs("encrypt", parameters, spec.limbs());
    CkksChecks.scale("encrypt", parameters, spec.limbs(), spec.scale());
    SlotVector own = values && slots != null ? SlotVector.of(slots, parameters.slots()) : null;
    return result(
        "encrypt",
        new CiphertextForm(2, spec.limbs(), spec.scale()),
        noise == null || own == null ? own : noise.encrypted(own, spec.scale()));
  }

  /** The real parts of the slots of a simulated ciphertext. */
  public double[] decrypt(Ciphertext ciphertext) {
    return slots(ciphertext).re().clone();
  }

  /** All real parts, then all imaginary ones. */
  public double[] decryptComplex(Ciphertext ciphertext) {
    return slots(ciphertext).parts();
  }

  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    counts.add(Operation.ENCODE, limbs, 1);
    return new SimulatedPlaintexts.Dense(
        limbs, scale, encoded(SlotVector.of(slots, parameters.slots()), scale));
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    CkksChecks.rows("encodePeriodic", parameters, rows, limbs, scale);
    return periodic(rows, false, limbs, scale);
  }

  @Override
  public PeriodicPlaintexts encodePeriodicComplex(double[][] rows, int limbs, double scale) {
    CkksChecks.complexRows("encodePeriodic", parameters, rows, limbs, scale);
    return periodic(rows, true, limbs, scale);
  }

  /** Exact numbers, or with noise those that rounding leaves. */
  @Override
  public PlainMatrix encodeMatrix(
      int rows, int columns, IntFunction<double[]> values, double scale) {
    List<double[]> all =
        IntStream.range(0, rows)
            .mapToObj(r -> noise == null ? values.apply(r) : rounded(values.apply(r), scale))
            .toList();
    return new SimulatedPlaintexts.Matrix(rows, columns, scale, all);
  }

  private static double[] rounded(double[] row, double scale) {
    return Arrays.stream(row).map(v -> Math.rint(v * scale) / scale).toArray();
  }

  @Override
  public List<Ciphertext> matrixProduct(
      List<? extends Ciphertext> x, PlainMatrix m, CiphertextForm form) {
    SimulatedPlaintexts.Matrix own = (SimulatedPlaintexts.Matrix) m;
    counts.add(Operation.PLAIN_PRODUCT, form.limbs(), (long) m.rows() * m.columns());
    return IntStream.range(0, m.rows())
        .mapToObj(
            r ->
                sum(
                    "matrixProduct",
                    form,
                    x,
                    c -> new SlotVector(new double[] {own.values().get(r)[c]}, null)))
        .toList();
  }

  private SlotVector encoded(SlotVector slots, double scale) {
    return noise == null ? slots : noise.encoded(slots, scale);
  }

  private PeriodicPlaintexts periodic(double[][] rows, boolean complex, int limbs, double scale) {
    int period = complex ? rows[0].length / 2 : rows[0].length;
    List<SlotVector> vectors =
        Arrays.stream(rows).map(r -> encoded(SlotVector.of(r, period), scale)).toList();
    return new SimulatedPlaintexts.Periodic(rows.length, period, complex, limbs, scale, vectors);
  }

  /** Periodic plaintexts without values, for traces. */
  PeriodicPlaintexts shapesOnly(int count, int period, boolean complex, int limbs, double scale) {
    return new SimulatedPlaintexts.Periodic(count, period, complex, limbs, scale, List.of());
  }

  @Override
  public Ciphertext bring(CiphertextForm form, ByteBuffer words) {
    throw new CkksException(Kind.WORDS, "a simulated ciphertext has no words");
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b, CiphertextForm form) {
    counts.add(Operation.ADD, form.limbs(), 1);
    return combine("add", a, b, form, SlotVector::plus);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b, CiphertextForm form) {
    counts.add(Operation.ADD, form.limbs(), 1);
    return combine("subtract", a, b, form, SlotVector::minus);
  }

  private Ciphertext combine(
      String operation,
      Ciphertext a,
      Ciphertext b,
      CiphertextForm form,
      BinaryOperator<SlotVector> operator) {
    return result(operation, form, values ? operator.apply(slots(a), slots(b)) : null);
  }

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms, CiphertextForm form) {
    Ciphertext total = terms.get(0);
    for (Ciphertext term : terms.subList(1, terms.size())) {
      Ciphertext next = add(total, term, form);
      if (total != terms.get(0)) {
        total.close();
      }
      total = next;
    }
    return total == terms.get(0) ? dropTo(total, form) : total;
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    return addSlots(a, ((SimulatedPlaintexts.Dense) b).slots(), form);
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index, CiphertextForm form) {
    List<SlotVector> rows = ((SimulatedPlaintexts.Periodic) b).rows();
    return addSlots(a, values ? rows.get(index) : SlotVector.zeros(1), form);
  }

  private Ciphertext addSlots(Ciphertext a, SlotVector period, CiphertextForm form) {
    return result(
        "addPlain", form, values ? slots(a).plus(period.repeated(parameters.slots())) : null);
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    counts.add(Operation.PLAIN_PRODUCT, form.limbs(), 1);
    SlotVector factor = ((SimulatedPlaintexts.Dense) b).slots();
    return result("multiplyPlain", form, values ? slots(a).times(factor) : null);
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index, CiphertextForm form) {
    counts.add(Operation.PLAIN_PRODUCT, form.limbs(), index.length);
    List<SlotVector> rows = ((SimulatedPlaintexts.Periodic) w).rows();
    return sum("sumOfPlainProducts", form, x, i -> rows.get(index[i]));
  }

  @Override
  public Ciphertext sumOfProducts(
      List<? extends Ciphertext> a, List<? extends Ciphertext> b, CiphertextForm form) {
    counts.add(Operation.PRODUCT, form.limbs(), a.size());
    return sum("sumOfProducts", form, a, i -> slots(b.get(i)));
  }

  /** Σᵢ x[i] ⊙ w(i). */
  private Ciphertext sum(
      String operation,
      CiphertextForm form,
      List<? extends Ciphertext> x,
      IntFunction<SlotVector> w) {
    if (!values) {
      return result(operation, form, null);
    }
    ProductSum sum = new ProductSum(parameters.slots());
    for (int i = 0; i < x.size(); i++) {
      sum.add(slots(x.get(i)), w.apply(i));
    }
    return result(operation, form, sum.total());
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys, CiphertextForm form) {
    counts.add(Operation.RELINEARIZE, form.limbs(), 1);
    ((SimulatedKeys) keys).relinearized(form.limbs());
    return result("relinearize", form, values ? switched(slots(a), form) : null);
  }

  @Override
  public Ciphertext rescale(Ciphertext a, CiphertextForm form) {
    counts.add(Operation.RESCALE, a.limbs(), 1);
    if (!values) {
      return result("rescale", form, null);
    }
    SlotVector x = slots(a);
    return result(
        "rescale", form, noise == null ? x : noise.rescaled(x, form.size(), form.scale()));
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, CiphertextForm form) {
    return result("dropTo", form, values ? slots(a) : null);
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    counts.add(Operation.ROTATE, form.limbs(), 1);
    ((SimulatedKeys) keys).rotated(step, form.limbs());
    if (!values) {
      return result("rotate", form, null);
    }
    boolean conjugation = step == parameters.conjugationStep();
    SlotVector x = slots(a);
    return result("rotate", form, switched(conjugation ? x.conjugate() : x.rotated(step), form));
  }

  private SlotVector switched(SlotVector slots, CiphertextForm form) {
    return noise == null ? slots : noise.switched(slots, form.limbs(), form.scale());
  }

  @Override
  public boolean fuses() {
    return inside != null;
  }

  @Override
  public Optional<List<Optional<Ciphertext>>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys keys) {
    CkksEvaluator single = inside;
    if (single == null) {
      return Optional.empty();
    }
    List<Ciphertext> babies = new ArrayList<>();
    for (Ciphertext block : x) {
      for (int b = 0; b < product.babySteps(); b++) {
        babies.add(single.rotate(block, b, keys));
      }
    }
    return Optional.of(
        IntStream.range(0, product.pieces().size())
            .mapToObj(p -> product.piece(single, p, babies, keys))
            .map(made -> made.map(c -> dropTo(c, CiphertextForm.of(c))))
            .toList());
  }

  @Override
  public void close() {}

  private static SlotVector slots(Ciphertext a) {
    SlotVector slots = ((SimulatedCiphertext) a).open().slots();
    if (slots == null) {
      throw new IllegalStateException("this simulated ciphertext has a shape but no values");
    }
    return slots;
  }

  /** Checks that a result's values leave, on average, half the modulus free at its scale. */
  private Ciphertext result(String operation, CiphertextForm form, @Nullable SlotVector slots) {
    if (slots != null) {
      double bits = Math.log(form.scale()) / Math.log(2);
      double room = parameters.modulusBits(form.limbs()) - 1;
      double mean = Math.max(1, slots.meanMagnitude());
      if (!(bits + Math.log(mean) / Math.log(2) < room)) {
        throw new CkksException(
            Kind.SCALE,
            String.format(
                "%s: scale 2^%.1f and mean magnitude %.3g do not fit 2^%.1f (%d limbs)",
                operation, bits, mean, room, form.limbs()));
      }
    }
    return new SimulatedCiphertext(form, slots, form.words(parameters), memory);
  }
}
