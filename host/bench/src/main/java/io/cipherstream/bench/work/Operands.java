package io.cipherstream.bench.work;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.intervals.ChunkLanes;
import io.cipherstream.intervals.IntervalMode;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.IntervalProgram;
import io.cipherstream.intervals.Plane;
import io.cipherstream.ring.Modulus;
import io.cipherstream.seal.SealEvaluationKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Operands of one operation at one number of limbs: ciphertexts and keys of seeded random words,
 * the same for every engine, made when first asked for and closed together.
 *
 * <p>Plaintexts hold one value in all their slots, chosen so that value times scale is an integer:
 * such vectors encode to the same words whatever the order in which an encoder rounds.
 */
final class Operands implements AutoCloseable {

  /** Terms of a sum of products. */
  static final int TERMS = 16;

  /** Rotations of one ciphertext. */
  static final int ROTATIONS = 8;

  /** Slots after which plaintext vectors repeat: the width of the matrix. */
  static final int PERIOD = 128;

  static final double SCALE = 0x1p20;

  private static final long SEED = 20_260_202;
  private static final int TRIPLE = 3;
  private static final double VALUE_STEP = 1.0 / 128;

  private final Subject subject;
  private final int limbs;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final List<Ciphertext> terms = new ArrayList<>();
  private final List<Plaintext> plains = new ArrayList<>();
  private final Map<Integer, HostCiphertext> hosts = new HashMap<>();
  private final double[] slots;
  private @Nullable Ciphertext triple;
  private @Nullable EvaluationKeys keys;
  private @Nullable PeriodicPlaintexts periodic;
  private @Nullable ProductOperation matrix;
  private @Nullable NetworkOperation network;

  /** Makes what the operation needs, so that nothing is made while it is measured. */
  Operands(Subject subject, int limbs, CkksOperation operation) {
    this.subject = subject;
    this.limbs = limbs;
    SplittableRandom random = new SplittableRandom(SEED);
    this.slots = random.doubles(parameters().slots(), -1, 1).toArray();
    if (relinearizes(operation) || operation.steps().length > 0) {
      keys = keys(operation);
    }
    operation.run(this).forEach(Ciphertext::close);
  }

  private static boolean relinearizes(CkksOperation operation) {
    return operation == CkksOperation.RELINEARIZE || operation.plan().isPresent();
  }

  private CkksParameters parameters() {
    return subject.evaluator().parameters();
  }

  CkksEvaluator evaluator() {
    return subject.evaluator();
  }

  Subject subject() {
    return subject;
  }

  EvaluationKeys keys() {
    if (keys == null) {
      throw new IllegalStateException("this operation was said to need no keys");
    }
    return keys;
  }

  /** Ciphertext {@code index} of two polynomials. */
  synchronized Ciphertext term(int index) {
    while (terms.size() <= index) {
      terms.add(ciphertext(2, terms.size()));
    }
    return terms.get(index);
  }

  /** A ciphertext of three polynomials. */
  synchronized Ciphertext triple() {
    if (triple == null) {
      triple = ciphertext(TRIPLE, TERMS);
    }
    return triple;
  }

  private Ciphertext ciphertext(int size, int index) {
    ByteBuffer words =
        SeededWords.of(
            SEED + index, size, parameters().dataPrimes().subList(0, limbs), parameters().degree());
    return own(evaluator().importCiphertext(size, limbs, SCALE, words));
  }

  /** Plaintext {@code index}: one value in all slots. */
  synchronized Plaintext plain(int index) {
    while (plains.size() <= index) {
      double[] values = new double[parameters().slots()];
      Arrays.fill(values, value(plains.size()));
      plains.add(own(evaluator().encode(values, limbs, SCALE)));
    }
    return plains.get(index);
  }

  /** The same plaintexts in periodic form. */
  synchronized PeriodicPlaintexts periodic() {
    if (periodic == null) {
      double[][] rows = new double[PERIOD][PERIOD];
      for (int row = 0; row < PERIOD; row++) {
        Arrays.fill(rows[row], value(row));
      }
      periodic = own(evaluator().encodePeriodic(rows, limbs, SCALE));
    }
    return periodic;
  }

  private static double value(int index) {
    return (index + 1) * VALUE_STEP;
  }

  Ciphertext sumOfProducts() {
    List<Ciphertext> x = IntStream.range(0, TERMS).mapToObj(this::term).toList();
    return sumOfProducts(x, IntStream.range(0, TERMS).toArray());
  }

  /** Σᵢ x[i] ⊙ plaintext[index[i]], by SEAL's own operations where only those are wanted. */
  Ciphertext sumOfProducts(List<Ciphertext> x, int[] index) {
    if (!subject.sealOnly()) {
      return evaluator().sumOfPlainProducts(x, periodic(), index);
    }
    List<Ciphertext> products = new ArrayList<>();
    try {
      for (int i = 0; i < index.length; i++) {
        products.add(evaluator().multiplyPlain(x.get(i), plain(index[i])));
      }
      return evaluator().sum(products);
    } finally {
      products.forEach(Ciphertext::close);
    }
  }

  static int[] rotationSteps() {
    return IntStream.rangeClosed(1, ROTATIONS).toArray();
  }

  List<Ciphertext> rotateAll() {
    return evaluator().rotateAll(term(0), rotationSteps(), keys());
  }

  synchronized ProductOperation matrix() {
    if (matrix == null) {
      matrix = new ProductOperation(this);
    }
    return matrix;
  }

  synchronized NetworkOperation network() {
    if (network == null) {
      network = own(new NetworkOperation(this, SEED));
    }
    return network;
  }

  /** A query of one chunk, whose tracks and mask come from the host's memory as a query's do. */
  List<Ciphertext> query(IntervalMode mode) {
    IntervalPlan plan = new IntervalPlan(mode, 1);
    return new IntervalProgram(evaluator(), keys(), ChunkLanes.IN_TURN)
        .run(
            plan,
            (track, plane, chunk) ->
                evaluator()
                    .bring(host(track * Plane.values().length + plane.ordinal(), plane.form())),
            chunk -> evaluator().bring(host(TERMS - 1, plan.inputs().get(chunk))));
  }

  private synchronized HostCiphertext host(int index, CiphertextForm form) {
    return hosts.computeIfAbsent(
        index,
        i -> {
          HostCiphertext made = own(HostCiphertext.allocate(parameters(), form));
          made.words()
              .put(
                  SeededWords.of(
                      SEED + i,
                      form.size(),
                      parameters().dataPrimes().subList(0, form.limbs()),
                      parameters().degree()));
          return made;
        });
  }

  void encode() {
    evaluator().encode(slots, limbs, SCALE).close();
  }

  private EvaluationKeys keys(CkksOperation operation) {
    List<Modulus> moduli = new ArrayList<>(parameters().dataPrimes().subList(0, limbs));
    moduli.add(parameters().specialPrime());
    try (SealEvaluationKeys.Builder builder = subject.keys().begin()) {
      for (int step : operation.steps()) {
        var unused = builder.addRotationWords(step, limbs, keyWords(step, moduli));
      }
      if (relinearizes(operation)) {
        List<byte[]> seeds = IntStream.range(0, limbs).mapToObj(Operands::keySeed).toList();
        ByteBuffer c0 = SeededWords.of(SEED, limbs, moduli, parameters().degree());
        var unused = builder.addRelinearization(limbs, seeds, c0);
      }
      return own(builder.build());
    }
  }

  /** The seed of c₁ of a digit. */
  private static byte[] keySeed(int digit) {
    byte[] seed = new byte[CkksParameters.SEED_BYTES];
    new SplittableRandom(SEED + digit).nextBytes(seed);
    return seed;
  }

  /** c₀ and c₁ of a digit for every limb. */
  private ByteBuffer keyWords(int step, List<Modulus> moduli) {
    return SeededWords.of(SEED * (step + 2), 2 * limbs, moduli, parameters().degree());
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      closeQuietly(owned.get(i));
    }
    owned.clear();
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing " + resource, e);
    }
  }
}
