package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksArithmetic;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedMatrix;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ckks.PeriodicEncoder;
import io.cipherstream.ckks.PeriodicEncoders;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.Repeat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * CKKS on any {@link LimbEngine}: every operation is a limb program whose result equals SEAL's word
 * for word.
 *
 * <p>Keys and weights come to the engine at their first use and stay there within a budget. Keys
 * must be {@link io.cipherstream.ckks.KeyWords}. Hoisted rotations and whole matrix products are
 * one submission each; when a digit has a coefficient that is exactly 0 they are computed again the
 * plain way (about 10⁻⁷ of the time). An engine that joins programs is not waited for: there
 * reading the words of whatever rests on such a result throws an EngineException of kind INEXACT.
 * Safe for concurrent use. {@link io.cipherstream.ring.EngineException} of the engine goes through
 * as it is.
 */
public final class LimbArithmetic implements CkksArithmetic {

  private static final int HOST_LANES = 4;
  private static final int DEVICE_LANES = 32;

  private final CkksParameters parameters;
  private final LimbEngine engine;
  private final Residents residents;
  private final ProgramCache programs = new ProgramCache();
  private final DeviceKeys keys;
  private final DeviceWeights weights;
  private final Runner runner;
  private final int lanes;
  private final PeriodicEncoders encoders;

  /**
   * @param engine over {@link CkksParameters#ring}; stays the caller's
   * @param residentBytesMax bytes on the engine that keys and weights not in use may take
   * @throws IllegalArgumentException if the engine is over another ring
   */
  public LimbArithmetic(CkksParameters parameters, LimbEngine engine, long residentBytesMax) {
    if (!engine.ring().equals(parameters.ring())) {
      throw new IllegalArgumentException(
          "engine "
              + engine.name()
              + " is over a "
              + engine.ring()
              + ", expected that of "
              + parameters);
    }
    this.parameters = parameters;
    this.engine = engine;
    this.encoders = new PeriodicEncoders(parameters, engine);
    this.residents = new Residents(engine, residentBytesMax);
    this.keys = new DeviceKeys(parameters, residents, programs);
    this.weights = new DeviceWeights(residents);
    this.runner = new Runner(this, residents);
    this.lanes = engine.capabilities().hostMemory() ? HOST_LANES : DEVICE_LANES;
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  /** The engine's name. */
  @Override
  public String name() {
    return engine.name();
  }

  /** The engine below. */
  public LimbEngine engine() {
    return engine;
  }

  @Override
  public boolean owns(Ciphertext a) {
    return a instanceof LimbCiphertext x && x.arithmetic() == this;
  }

  @Override
  public boolean owns(Plaintext a) {
    return a instanceof LimbPlaintext x && x.row().parameters().equals(parameters);
  }

  @Override
  public boolean owns(PeriodicPlaintexts a) {
    return a instanceof EncodedPeriodicPlaintexts x && x.parameters().equals(parameters);
  }

  @Override
  public boolean owns(EvaluationKeys keys) {
    return keys instanceof KeyWords;
  }

  /**
   * Encodes slots by {@link PeriodicEncoder} with period N/2; coefficients may differ from SEAL's
   * encoder by a rounding of the last bit of a double.
   */
  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    double[][] row = {Arrays.copyOf(slots, parameters.slots())};
    return new LimbPlaintext(encoders.encode(row, limbs, scale));
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    return encoders.encode(rows, limbs, scale);
  }

  @Override
  public PeriodicPlaintexts encodePeriodicComplex(double[][] rows, int limbs, double scale) {
    return encoders.encodeComplex(rows, limbs, scale);
  }

  @Override
  public Ciphertext bring(CiphertextForm form, ByteBuffer words) {
    return runner.upload(form, words);
  }

  private record CombineKey(Opcode opcode, int sizeA, int sizeB, int limbs) {}

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b, CiphertextForm form) {
    return combine(Opcode.ADD, a, b, form);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b, CiphertextForm form) {
    return combine(Opcode.SUB, a, b, form);
  }

  private Ciphertext combine(Opcode opcode, Ciphertext a, Ciphertext b, CiphertextForm form) {
    LimbProgram program =
        programs.get(
            new CombineKey(opcode, a.size(), b.size(), form.limbs()),
            () -> OperationPrograms.combine(parameters, opcode, a.size(), b.size(), form.limbs()));
    return runner.run(program, List.of(a, b), List.of(), form);
  }

  private record SumKey(int terms, int size, int limbs) {}

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms, CiphertextForm form) {
    LimbProgram program =
        programs.get(
            new SumKey(terms.size(), form.size(), form.limbs()),
            () -> OperationPrograms.sum(parameters, terms.size(), form.size(), form.limbs()));
    return runner.run(program, terms, List.of(), form);
  }

  private record AddPlainKey(int size, int limbs, Repeat repeat) {}

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    return addPlain(a, ((LimbPlaintext) b).row(), 0, form);
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index, CiphertextForm form) {
    EncodedPeriodicPlaintexts w = rows("addPlain", b);
    LimbProgram program =
        programs.get(
            new AddPlainKey(form.size(), form.limbs(), w.repeat()),
            () -> OperationPrograms.addPlain(parameters, form.size(), form.limbs(), w.repeat()));
    try (Residents.Lease chunk = weights.chunk(w, DeviceWeights.chunkOf(w, index))) {
      return runner.run(program, List.of(a), List.of(rowView(chunk, w, index, form.limbs())), form);
    }
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    return sumOfPlainProducts(List.of(a), ((LimbPlaintext) b).row(), new int[] {0}, form);
  }

  private record PlainProductsKey(int terms, int limbs, Repeat repeat) {}

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index, CiphertextForm form) {
    EncodedPeriodicPlaintexts own = rows("sumOfPlainProducts", w);
    LimbProgram program =
        programs.get(
            new PlainProductsKey(index.length, form.limbs(), own.repeat()),
            () ->
                OperationPrograms.plainProducts(
                    parameters, index.length, form.limbs(), own.repeat()));
    try (Leases leases = new Leases()) {
      List<LimbView> views = new ArrayList<>();
      for (int row : index) {
        int c = DeviceWeights.chunkOf(own, row);
        Residents.Lease chunk = leases.once(c, () -> weights.chunk(own, c));
        views.add(rowView(chunk, own, row, form.limbs()));
      }
      return runner.run(program, x, views, form);
    }
  }

  @Override
  public List<Ciphertext> matrixProduct(
      List<? extends Ciphertext> x, PlainMatrix m, CiphertextForm form) {
    return new MatrixRun(parameters, engine, programs, runner)
        .product(x, ((EncodedMatrix) m).entries(), form);
  }

  /** Encoded rows that fill a line of words, as limb programs want it. */
  private static EncodedPeriodicPlaintexts rows(String operation, PeriodicPlaintexts w) {
    EncodedPeriodicPlaintexts encoded = (EncodedPeriodicPlaintexts) w;
    if (encoded.limbWords() < DescriptorLayout.LINE_WORDS) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": period "
              + w.period()
              + ", limb programs want at least "
              + DescriptorLayout.LINE_WORDS);
    }
    return encoded;
  }

  private static LimbView rowView(
      Residents.Lease chunk, EncodedPeriodicPlaintexts w, int row, int limbs) {
    return new LimbView(chunk.buffer(), DeviceWeights.wordOf(w, row), (long) limbs * w.limbWords());
  }

  private record ProductsKey(int terms, int limbs) {}

  @Override
  public Ciphertext sumOfProducts(
      List<? extends Ciphertext> a, List<? extends Ciphertext> b, CiphertextForm form) {
    List<Ciphertext> pairs = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      pairs.add(a.get(i));
      pairs.add(b.get(i));
    }
    LimbProgram program =
        programs.get(
            new ProductsKey(a.size(), form.limbs()),
            () -> OperationPrograms.products(parameters, a.size(), form.limbs()));
    return runner.run(program, pairs, List.of(), form);
  }

  private record RelinearizeKey(int limbs, int keyLimbs) {}

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys evaluationKeys, CiphertextForm form) {
    KeyWords k = (KeyWords) evaluationKeys;
    int keyLimbs = k.relinearizationLimbs().orElseThrow();
    LimbProgram program =
        programs.get(
            new RelinearizeKey(form.limbs(), keyLimbs),
            () ->
                parameters.hybrid()
                    ? HybridPrograms.relinearize(parameters, form.limbs(), keyLimbs)
                    : OperationPrograms.relinearize(parameters, form.limbs(), keyLimbs));
    try (Residents.Lease key = keys.plain(k, DeviceKeys.RELINEARIZATION)) {
      return runner.run(program, List.of(a), List.of(LimbView.of(key.buffer())), form);
    }
  }

  private record RescaleKey(int size, int limbs) {}

  @Override
  public Ciphertext rescale(Ciphertext a, CiphertextForm form) {
    LimbProgram program =
        programs.get(
            new RescaleKey(a.size(), a.limbs()),
            () -> OperationPrograms.rescale(parameters, a.size(), a.limbs()));
    return runner.run(program, List.of(a), List.of(), form);
  }

  private record DropKey(int size, int limbs, int to) {}

  @Override
  public Ciphertext dropTo(Ciphertext a, CiphertextForm form) {
    LimbProgram program =
        programs.get(
            new DropKey(a.size(), a.limbs(), form.limbs()),
            () -> OperationPrograms.drop(parameters, a.size(), a.limbs(), form.limbs()));
    return runner.run(program, List.of(a), List.of(), form);
  }

  private record RotateKey(int limbs, List<Integer> keyLimbs, List<Integer> steps, boolean added) {}

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    return moved(a, step, keys, form, false);
  }

  @Override
  public Ciphertext plusMoved(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    return parameters.hybrid()
        ? moved(a, step, keys, form, true)
        : CkksArithmetic.super.plusMoved(a, step, keys, form);
  }

  private Ciphertext moved(
      Ciphertext a, int step, EvaluationKeys evaluationKeys, CiphertextForm form, boolean added) {
    KeyWords k = (KeyWords) evaluationKeys;
    int canonical = canonical(step);
    int keyLimbs = k.rotationLimbs(canonical).orElseThrow();
    int element = parameters.galoisElement(canonical);
    List<Integer> ofKey = List.of(keyLimbs);
    List<Integer> steps = List.of(canonical);
    LimbProgram program =
        programs.get(
            new RotateKey(form.limbs(), ofKey, steps, added),
            () ->
                parameters.hybrid()
                    ? HybridPrograms.rotations(parameters, form.limbs(), steps, ofKey, 1, added)
                    : OperationPrograms.rotate(parameters, form.limbs(), keyLimbs, element));
    try (Residents.Lease key = keys.plain(k, canonical)) {
      return runner.run(program, List.of(a), List.of(LimbView.of(key.buffer())), form);
    }
  }

  private int canonical(int step) {
    return CkksChecks.keyStep("rotate", parameters, step);
  }

  private record HoistedKey(int limbs, List<Integer> steps) {}

  @Override
  public Optional<List<Ciphertext>> rotateAll(
      Ciphertext a, int[] steps, EvaluationKeys evaluationKeys) {
    KeyWords k = (KeyWords) evaluationKeys;
    List<Integer> moved = Arrays.stream(steps).map(this::canonical).boxed().toList();
    if (parameters.hybrid()) {
      return Optional.of(hybridRotations(a, moved, k));
    }
    LimbProgram program =
        programs.get(
            new HoistedKey(a.limbs(), moved),
            () -> RotationPrograms.hoisted(parameters, a.limbs(), moved, lanes));
    try (Leases leases = new Leases()) {
      List<LimbView> views =
          moved.stream()
              .map(s -> LimbView.of(leases.keep(keys.prepared(k, s, a.limbs())).buffer()))
              .toList();
      return runner.runExact(
          program, List.of(a), views, a.limbs(), Collections.nCopies(moved.size(), a.scale()));
    }
  }

  private List<Ciphertext> hybridRotations(Ciphertext a, List<Integer> steps, KeyWords k) {
    List<Integer> keyLimbs = steps.stream().map(s -> k.rotationLimbs(s).orElseThrow()).toList();
    LimbProgram program =
        programs.get(
            new RotateKey(a.limbs(), keyLimbs, steps, false),
            () -> HybridPrograms.rotations(parameters, a.limbs(), steps, keyLimbs, lanes, false));
    try (Leases leases = new Leases()) {
      List<LimbView> views =
          steps.stream().map(s -> LimbView.of(leases.keep(keys.plain(k, s)).buffer())).toList();
      return runner
          .runExact(
              program, List.of(a), views, a.limbs(), Collections.nCopies(steps.size(), a.scale()))
          .orElseThrow();
    }
  }

  @Override
  public Optional<List<Optional<Ciphertext>>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys evaluationKeys) {
    KeyWords k = (KeyWords) evaluationKeys;
    String operation = "babyGiantProducts";
    product.pieces().forEach(piece -> rows(operation, piece.diagonals()));
    BabyGiantCall call = BabyGiantCall.of(parameters, operation, product, x, k);
    Optional<List<Ciphertext>> exact =
        call.run(programs, runner, x, keys, weights, k, lanes, !parameters.hybrid());
    List<Ciphertext> made =
        exact.orElseGet(
            () -> call.run(programs, runner, x, keys, weights, k, lanes, false).orElseThrow());
    return Optional.of(call.inOrder(product, made));
  }

  @Override
  public boolean wantsOneThread() {
    return engine.capabilities().joins();
  }

  @Override
  public boolean fuses() {
    return true;
  }

  /** Gives up what is on the engine for good; the engine itself stays open. */
  @Override
  public void close() {
    residents.close();
  }
}
