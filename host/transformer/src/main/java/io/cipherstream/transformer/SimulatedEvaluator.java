package io.cipherstream.transformer;

import static io.cipherstream.transformer.OperationCounts.Operation;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CKKS arithmetic on plain slots: exact values, real levels, scales and preconditions, and a count
 * of every operation.
 *
 * <p>With values it is the simulate mode: the same program as under encryption, without noise. It
 * also refuses a result whose mean magnitude times its scale reaches half the modulus, since such a
 * ciphertext could wrap around. Without values it traces shapes, from which a plan is made.
 */
public final class SimulatedEvaluator implements CkksEvaluator {

  private static final double SCALE_TOLERANCE = 1.0 / (1 << 20);

  private final CkksParameters parameters;
  private final boolean values;
  private final OperationCounts counts = new OperationCounts();

  /**
   * @param values whether slots are computed; if not, only shapes are
   */
  SimulatedEvaluator(CkksParameters parameters, boolean values) {
    this.parameters = parameters;
    this.values = values;
  }

  /** An evaluator that computes slot values. */
  public static SimulatedEvaluator withValues(CkksParameters parameters) {
    return new SimulatedEvaluator(parameters, true);
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  @Override
  public String name() {
    return "simulate";
  }

  /** Operations run so far. */
  public OperationCounts counts() {
    return counts;
  }

  /** A ciphertext that holds the given slots, as the client's encryption would. */
  public Ciphertext fresh(CiphertextSpec spec, double @Nullable [] slots) {
    return checked(
        "encrypt",
        spec.limbs(),
        spec.scale(),
        2,
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
    return new SimulatedPlaintexts.Periodic(rows.length, rows[0].length, limbs, scale, rows);
  }

  /** Periodic plaintexts without values, for traces. */
  PeriodicPlaintexts shapesOnly(int count, int period, int limbs, double scale) {
    return new SimulatedPlaintexts.Periodic(count, period, limbs, scale, new double[0][]);
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b) {
    same("add", a, b);
    counts.add(Operation.ADD, a.limbs(), 1);
    return combine("add", a, b, 1);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b) {
    same("subtract", a, b);
    counts.add(Operation.ADD, a.limbs(), 1);
    return combine("subtract", a, b, -1);
  }

  private Ciphertext combine(String operation, Ciphertext a, Ciphertext b, int sign) {
    double[] result = null;
    if (values) {
      double[] x = slots(a);
      double[] y = slots(b);
      result = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        result[i] = x[i] + sign * y[i];
      }
    }
    return checked(operation, a.limbs(), a.scale(), Math.max(a.size(), b.size()), result);
  }

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms) {
    Ciphertext total = terms.get(0);
    for (Ciphertext term : terms.subList(1, terms.size())) {
      total = add(total, term);
    }
    return total == terms.get(0) ? dropTo(total, total.limbs()) : total;
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b) {
    sameScale("add plaintext", a.scale(), b.scale());
    return addSlots(a, ((SimulatedPlaintexts.Dense) b).slots());
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    sameScale("add plaintext", a.scale(), b.scale());
    double[][] rows = ((SimulatedPlaintexts.Periodic) b).rows();
    return addSlots(a, values ? rows[index] : new double[1]);
  }

  private Ciphertext addSlots(Ciphertext a, double[] period) {
    double[] result = null;
    if (values) {
      result = slots(a).clone();
      for (int i = 0; i < result.length; i++) {
        result[i] += period[i % period.length];
      }
    }
    return checked("add plaintext", a.limbs(), a.scale(), a.size(), result);
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    counts.add(Operation.PLAIN_PRODUCT, a.limbs(), 1);
    double[] result = null;
    if (values) {
      result = new double[parameters.slots()];
      accumulate(result, slots(a), ((SimulatedPlaintexts.Dense) b).slots());
    }
    return checked("multiply plaintext", a.limbs(), a.scale() * b.scale(), a.size(), result);
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    double[][] rows = ((SimulatedPlaintexts.Periodic) w).rows();
    double[] result = values ? new double[parameters.slots()] : null;
    Ciphertext first = null;
    int terms = 0;
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0) {
        continue;
      }
      first = first == null ? x.get(i) : first;
      same("sum of plaintext products", first, x.get(i));
      terms++;
      if (result != null) {
        accumulate(result, slots(x.get(i)), rows[index[i]]);
      }
    }
    if (first == null) {
      throw new CkksException(Kind.SHAPE, "sum of plaintext products: no term");
    }
    if (w.limbs() < first.limbs()) {
      throw new CkksException(
          Kind.SHAPE,
          "sum of plaintext products: plaintexts of "
              + w.limbs()
              + " limbs for ciphertexts of "
              + first.limbs());
    }
    counts.add(Operation.PLAIN_PRODUCT, first.limbs(), terms);
    return checked(
        "sum of plaintext products", first.limbs(), first.scale() * w.scale(), 2, result);
  }

  @Override
  public Ciphertext multiply(Ciphertext a, Ciphertext b) {
    return sumOfProducts(List.of(a), List.of(b));
  }

  @Override
  public Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    if (a.isEmpty() || a.size() != b.size()) {
      throw new CkksException(
          Kind.SHAPE, "sum of products: " + a.size() + " and " + b.size() + " factors");
    }
    double[] result = values ? new double[parameters.slots()] : null;
    int limbs = a.get(0).limbs();
    for (int i = 0; i < a.size(); i++) {
      same("sum of products", a.get(0), a.get(i));
      same("sum of products", b.get(0), b.get(i));
      if (a.get(i).limbs() != b.get(i).limbs() || a.get(i).size() + b.get(i).size() != 4) {
        throw new CkksException(Kind.SHAPE, "sum of products: factors differ in limbs or size");
      }
      if (result != null) {
        accumulate(result, slots(a.get(i)), slots(b.get(i)));
      }
    }
    counts.add(Operation.PRODUCT, limbs, a.size());
    return checked("multiply", limbs, a.get(0).scale() * b.get(0).scale(), 3, result);
  }

  private static void accumulate(double[] result, double[] x, double[] periodic) {
    for (int from = 0; from < result.length; from += periodic.length) {
      for (int j = 0; j < periodic.length; j++) {
        result[from + j] += x[from + j] * periodic[j];
      }
    }
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys) {
    if (a.size() != 3) {
      throw new CkksException(Kind.SHAPE, "relinearize: size " + a.size() + ", expected 3");
    }
    counts.add(Operation.RELINEARIZE, a.limbs(), 1);
    ((SimulatedKeys) keys).relinearized(a.limbs());
    return checked("relinearize", a.limbs(), a.scale(), 2, values ? slots(a) : null);
  }

  @Override
  public Ciphertext rescale(Ciphertext a) {
    if (a.limbs() < 2) {
      throw new CkksException(Kind.SHAPE, "rescale: one limb left, expected two or more");
    }
    counts.add(Operation.RESCALE, a.limbs(), 1);
    double prime = parameters.dataPrime(a.limbs() - 1).value();
    return checked("rescale", a.limbs() - 1, a.scale() / prime, a.size(), values ? slots(a) : null);
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, int limbs) {
    if (limbs < 1 || limbs > a.limbs()) {
      throw new CkksException(Kind.SHAPE, "drop from " + a.limbs() + " to " + limbs + " limbs");
    }
    return checked("drop limbs", limbs, a.scale(), a.size(), values ? slots(a) : null);
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys) {
    if (a.size() != 2) {
      throw new CkksException(Kind.SHAPE, "rotate: size " + a.size() + ", expected 2");
    }
    if (step == 0) {
      return dropTo(a, a.limbs());
    }
    counts.add(Operation.ROTATE, a.limbs(), 1);
    ((SimulatedKeys) keys).rotated(step, a.limbs());
    double[] result = null;
    if (values) {
      double[] x = slots(a);
      result = new double[x.length];
      int shift = Math.floorMod(step, x.length);
      System.arraycopy(x, shift, result, 0, x.length - shift);
      System.arraycopy(x, 0, result, x.length - shift, shift);
    }
    return checked("rotate", a.limbs(), a.scale(), 2, result);
  }

  @Override
  public void close() {}

  private static double[] slots(Ciphertext a) {
    double[] slots = ((SimulatedCiphertext) a).slots();
    if (slots == null) {
      throw new IllegalStateException("this simulated ciphertext has a shape but no values");
    }
    return slots;
  }

  private static void same(String operation, Ciphertext a, Ciphertext b) {
    if (a.limbs() != b.limbs() || a.size() != b.size()) {
      throw new CkksException(
          Kind.SHAPE,
          String.format(
              "%s: %d limbs, size %d against %d limbs, size %d",
              operation, a.limbs(), a.size(), b.limbs(), b.size()));
    }
    sameScale(operation, a.scale(), b.scale());
  }

  private static void sameScale(String operation, double a, double b) {
    if (Math.abs(a - b) > SCALE_TOLERANCE * a) {
      throw new CkksException(Kind.SCALE, operation + ": scales " + a + " and " + b + " differ");
    }
  }

  private Ciphertext checked(
      String operation, int limbs, double scale, int size, double @Nullable [] slots) {
    double bits = Math.log(scale) / Math.log(2);
    double room = parameters.modulusBits(limbs) - 1;
    double mean = 1;
    if (slots != null) {
      mean = Math.max(1, Arrays.stream(slots).map(Math::abs).sum() / slots.length);
    }
    if (!(bits + Math.log(mean) / Math.log(2) < room)) {
      throw new CkksException(
          Kind.SCALE,
          String.format(
              "%s: scale 2^%.1f and mean magnitude %.3g do not fit 2^%.1f (%d limbs)",
              operation, bits, mean, room, limbs));
    }
    return new SimulatedCiphertext(limbs, scale, size, slots);
  }
}
