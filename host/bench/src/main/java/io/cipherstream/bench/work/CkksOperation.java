package io.cipherstream.bench.work;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.RoundlessPlan;
import io.cipherstream.intervals.IntervalMode;
import io.cipherstream.intervals.IntervalPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The CKKS operations that are measured. */
public enum CkksOperation {
  ADD("add", "sum of two ciphertexts"),
  MULTIPLY_PLAIN("multiply-plain", "product of a ciphertext and a plaintext"),
  SUM_OF_PRODUCTS(
      "sum-16",
      "sum of " + Operands.TERMS + " products of a ciphertext and a plaintext of period 128"),
  MULTIPLY("multiply", "product of two ciphertexts, not relinearised"),
  RELINEARIZE("relinearize", "three polynomials to two: a key switch"),
  RESCALE("rescale", "division by the last prime"),
  ROTATE("rotate", "rotation of the slots: a key switch"),
  ROTATE_ALL(
      "rotate-8",
      Operands.ROTATIONS + " rotations of one ciphertext; hoisted where the engine can"),
  MATRIX(
      "matrix-128",
      "128×128 matrix times an encrypted vector, "
          + ProductOperation.BABY_STEPS
          + " baby and "
          + ProductOperation.GIANT_STEPS
          + " giant steps"),
  ENCODE("encode", "N/2 slots to a plaintext"),
  QUERY_SINGLE("query-single", "query of one track of 4096 bins"),
  QUERY_PAIR("query-pair", "query of two tracks of 4096 bins: two products one after the other"),
  NETWORK("network", "splines from 64 to 16 to 10 numbers, degree 15, for 64 questions at once");

  private final String label;
  private final String description;

  CkksOperation(String label, String description) {
    this.label = label;
    this.description = description;
  }

  /** Its name in cases and reports. */
  public String label() {
    return label;
  }

  public String description() {
    return description;
  }

  static CkksOperation named(String label) {
    return Arrays.stream(values())
        .filter(operation -> operation.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("operation '" + label + "'"));
  }

  /** The rotation steps that it needs keys for. */
  int[] steps() {
    return switch (this) {
      case ROTATE -> new int[] {1};
      case ROTATE_ALL -> Operands.rotationSteps();
      case MATRIX -> ProductOperation.steps();
      case NETWORK -> NetworkOperation.steps();
      default -> new int[0];
    };
  }

  /** Computes once; the caller closes the results. Encoding has none. */
  List<Ciphertext> run(Operands o) {
    return switch (this) {
      case ADD -> List.of(o.evaluator().add(o.term(0), o.term(1)));
      case MULTIPLY_PLAIN -> List.of(o.evaluator().multiplyPlain(o.term(0), o.plain(0)));
      case SUM_OF_PRODUCTS -> List.of(o.sumOfProducts());
      case MULTIPLY -> List.of(o.evaluator().multiply(o.term(0), o.term(1)));
      case RELINEARIZE -> List.of(o.evaluator().relinearize(o.triple(), o.keys()));
      case RESCALE -> List.of(o.evaluator().rescale(o.term(0)));
      case ROTATE -> List.of(o.evaluator().rotate(o.term(0), 1, o.keys()));
      case ROTATE_ALL -> o.rotateAll();
      case MATRIX -> List.of(o.matrix().run());
      case QUERY_SINGLE -> o.query(IntervalMode.SINGLE);
      case QUERY_PAIR -> o.query(IntervalMode.PAIR);
      case NETWORK -> List.of(o.network().run());
      case ENCODE -> {
        o.encode();
        yield List.of();
      }
    };
  }

  /**
   * The plan of a whole program, which says its set and limbs; empty for an operation that any set
   * has.
   */
  public Optional<RoundlessPlan> plan() {
    return switch (this) {
      case QUERY_SINGLE -> Optional.of(new IntervalPlan(IntervalMode.SINGLE, 1));
      case QUERY_PAIR -> Optional.of(new IntervalPlan(IntervalMode.PAIR, 1));
      case NETWORK -> Optional.of(NetworkOperation.PLAN);
      default -> Optional.empty();
    };
  }

  /** Most limbs at which a plan's keys are used. */
  public static int keyLimbs(RoundlessPlan plan) {
    return plan.rotationLimbs().values().stream()
        .mapToInt(limbs -> limbs)
        .reduce(plan.relinearizationLimbs(), Math::max);
  }

  /** Whether it keeps a device busy by itself. */
  boolean isLong() {
    return this == ROTATE_ALL || this == MATRIX || plan().isPresent();
  }

  /** Whether its result is words that must be equal on every engine. */
  boolean givesWords() {
    return this != ENCODE;
  }
}
