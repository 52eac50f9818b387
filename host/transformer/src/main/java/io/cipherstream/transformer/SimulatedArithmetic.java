package io.cipherstream.transformer;

import static io.cipherstream.transformer.OperationCounts.Operation;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksArithmetic;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * CKKS arithmetic on plain slots: exact values, and a count of every operation.
 *
 * <p>With values it is the simulate mode: the same program as under encryption, without noise. It
 * also refuses a result whose mean magnitude times its scale reaches half the modulus, since such a
 * ciphertext could wrap around. Without values it traces shapes, from which a plan is made.
 */
public final class SimulatedArithmetic implements CkksArithmetic {

  private final CkksParameters parameters;
  private final boolean values;
  private final OperationCounts counts = new OperationCounts();
  private final SimulatedMemory memory = new SimulatedMemory();

  /**
   * @param values whether slots are computed; if not, only shapes are
   */
  SimulatedArithmetic(CkksParameters parameters, boolean values) {
    this.parameters = parameters;
    this.values = values;
  }

  /** Arithmetic that computes slot values. */
  public static SimulatedArithmetic withValues(CkksParameters parameters) {
    return new SimulatedArithmetic(parameters, true);
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

  /** A ciphertext that holds the given slots, as the client's encryption would. */
  public Ciphertext fresh(CiphertextSpec spec, double @Nullable [] slots) {
    CkksChecks.limbs("encrypt", parameters, spec.limbs());
    CkksChecks.scale("encrypt", parameters, spec.limbs(), spec.scale());
    return result(
        "encrypt",
        new CiphertextForm(2, spec.limbs(), spec.scale()),
        values && slots != null ? Arrays.copyOf(slots, parameters.slots()) : null);
  }

  /** The slots of a simulated ciphertext. */
  public double[] decrypt(Ciphertext ciphertext) {
    return slots(ciphertext).clone();
  }

  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    counts.add(Operation.ENCODE, limbs, 1);
    return new SimulatedPlaintexts.Dense(limbs, scale, Arrays.copyOf(slots, parameters.slots()));
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    CkksChecks.rows("encodePeriodic", parameters, rows, limbs, scale);
    return new SimulatedPlaintexts.Periodic(rows.length, rows[0].length, limbs, scale, rows);
  }

  /** Periodic plaintexts without values, for traces. */
  PeriodicPlaintexts shapesOnly(int count, int period, int limbs, double scale) {
    return new SimulatedPlaintexts.Periodic(count, period, limbs, scale, new double[0][]);
  }

  @Override
  public Ciphertext bring(CiphertextForm form, ByteBuffer words) {
    throw new CkksException(Kind.WORDS, "a simulated ciphertext has no words");
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b, CiphertextForm form) {
    counts.add(Operation.ADD, form.limbs(), 1);
    return combine("add", a, b, form, Double::sum);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b, CiphertextForm form) {
    counts.add(Operation.ADD, form.limbs(), 1);
    return combine("subtract", a, b, form, (x, y) -> x - y);
  }

  private Ciphertext combine(
      String operation,
      Ciphertext a,
      Ciphertext b,
      CiphertextForm form,
      DoubleBinaryOperator operator) {
    double[] result = null;
    if (values) {
      double[] x = slots(a);
      double[] y = slots(b);
      result = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        result[i] = operator.applyAsDouble(x[i], y[i]);
      }
    }
    return result(operation, form, result);
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
    double[][] rows = ((SimulatedPlaintexts.Periodic) b).rows();
    return addSlots(a, values ? rows[index] : new double[1], form);
  }

  private Ciphertext addSlots(Ciphertext a, double[] period, CiphertextForm form) {
    double[] result = null;
    if (values) {
      result = slots(a).clone();
      for (int i = 0; i < result.length; i++) {
        result[i] += period[i % period.length];
      }
    }
    return result("addPlain", form, result);
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    counts.add(Operation.PLAIN_PRODUCT, form.limbs(), 1);
    double[] result = zeros();
    if (result != null) {
      accumulate(result, slots(a), ((SimulatedPlaintexts.Dense) b).slots());
    }
    return result("multiplyPlain", form, result);
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index, CiphertextForm form) {
    counts.add(Operation.PLAIN_PRODUCT, form.limbs(), index.length);
    double[][] rows = ((SimulatedPlaintexts.Periodic) w).rows();
    double[] result = zeros();
    for (int i = 0; result != null && i < index.length; i++) {
      accumulate(result, slots(x.get(i)), rows[index[i]]);
    }
    return result("sumOfPlainProducts", form, result);
  }

  @Override
  public Ciphertext sumOfProducts(
      List<? extends Ciphertext> a, List<? extends Ciphertext> b, CiphertextForm form) {
    counts.add(Operation.PRODUCT, form.limbs(), a.size());
    double[] result = zeros();
    for (int i = 0; result != null && i < a.size(); i++) {
      accumulate(result, slots(a.get(i)), slots(b.get(i)));
    }
    return result("sumOfProducts", form, result);
  }

  private double @Nullable [] zeros() {
    return values ? new double[parameters.slots()] : null;
  }

  private static void accumulate(double[] result, double[] x, double[] periodic) {
    for (int from = 0; from < result.length; from += periodic.length) {
      for (int j = 0; j < periodic.length; j++) {
        result[from + j] += x[from + j] * periodic[j];
      }
    }
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys, CiphertextForm form) {
    counts.add(Operation.RELINEARIZE, form.limbs(), 1);
    ((SimulatedKeys) keys).relinearized(form.limbs());
    return result("relinearize", form, values ? slots(a) : null);
  }

  @Override
  public Ciphertext rescale(Ciphertext a, CiphertextForm form) {
    counts.add(Operation.RESCALE, a.limbs(), 1);
    return result("rescale", form, values ? slots(a) : null);
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, CiphertextForm form) {
    return result("dropTo", form, values ? slots(a) : null);
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    counts.add(Operation.ROTATE, form.limbs(), 1);
    ((SimulatedKeys) keys).rotated(step, form.limbs());
    double[] result = null;
    if (values) {
      double[] x = slots(a);
      result = new double[x.length];
      int shift = Math.floorMod(step, x.length);
      System.arraycopy(x, shift, result, 0, x.length - shift);
      System.arraycopy(x, 0, result, x.length - shift, shift);
    }
    return result("rotate", form, result);
  }

  @Override
  public void close() {}

  private static double[] slots(Ciphertext a) {
    double[] slots = ((SimulatedCiphertext) a).open().slots();
    if (slots == null) {
      throw new IllegalStateException("this simulated ciphertext has a shape but no values");
    }
    return slots;
  }

  /** A result whose values, on average, leave half the modulus free at its scale. */
  private Ciphertext result(String operation, CiphertextForm form, double @Nullable [] slots) {
    if (slots != null) {
      double bits = Math.log(form.scale()) / Math.log(2);
      double room = parameters.modulusBits(form.limbs()) - 1;
      double mean = Math.max(1, Arrays.stream(slots).map(Math::abs).sum() / slots.length);
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
