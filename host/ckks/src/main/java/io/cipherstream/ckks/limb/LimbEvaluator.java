package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.PeriodicEncoder;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Opcode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * CKKS on any {@link LimbEngine}: every operation is a limb program whose result equals SEAL's word
 * for word.
 *
 * <p>Keys and weights come to the engine at their first use and stay there within a budget. Keys
 * must be {@link io.cipherstream.ckks.KeyWords}. Hoisted rotations and whole matrix products are
 * one submission each; when a digit has a coefficient that is exactly 0 they are computed again the
 * plain way (about 10⁻⁷ of the time). Safe for concurrent use. {@link
 * io.cipherstream.ring.EngineException} of the engine goes through as it is.
 */
public final class LimbEvaluator implements CkksEvaluator {

  /** Most terms of one sum of products. */
  public static final int TERMS_MAX = 1 << 15;

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
  private final Map<Integer, PeriodicEncoder> encoders = new ConcurrentHashMap<>();

  /**
   * @param engine over {@link CkksParameters#ring}; stays the caller's
   * @param residentBytesMax bytes on the engine that keys and weights not in use may take
   * @throws IllegalArgumentException if the engine is over another ring
   */
  public LimbEvaluator(CkksParameters parameters, LimbEngine engine, long residentBytesMax) {
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
    this.residents = new Residents(engine, residentBytesMax);
    this.keys = new DeviceKeys(parameters, residents, programs);
    this.weights = new DeviceWeights(parameters, residents);
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

  /** Bytes of keys and weights on the engine. */
  public long residentBytes() {
    return residents.bytes();
  }

  /**
   * A ciphertext from raw words {@code [poly][limb][coefficient]}; the buffer advances.
   *
   * @throws CkksException of kind SHAPE for a size other than 2 or 3 or limbs out of range, SCALE
   *     for a scale that does not fit, WORDS for a heap buffer, too few bytes or a word that is not
   *     below its prime
   */
  public Ciphertext importCiphertext(int size, int limbs, double scale, ByteBuffer words) {
    String operation = "importCiphertext";
    if (size != 2 && size != 3) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + size + " polynomials, expected 2 or 3");
    }
    CkksChecks.limbs(operation, parameters, limbs);
    CkksChecks.scale(operation, parameters, limbs, scale);
    int bytes = Math.toIntExact((long) size * limbs * parameters.degree() * Long.BYTES);
    CkksChecks.words(operation, words, bytes);
    ByteBuffer own = words.slice(words.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    checkCanonical(operation, own, limbs);
    Ciphertext result = runner.upload(size, limbs, scale, own);
    words.position(words.position() + bytes);
    return result;
  }

  private void checkCanonical(String operation, ByteBuffer words, int limbs) {
    int degree = parameters.degree();
    int count = words.remaining() / Long.BYTES;
    for (int at = 0; at < count; at += degree) {
      long q = parameters.dataPrime(at / degree % limbs).value();
      for (int k = at; k < at + degree; k++) {
        long word = words.getLong(k * Long.BYTES);
        if (word < 0 || word >= q) {
          throw new CkksException(
              Kind.WORDS,
              operation
                  + ": word "
                  + k
                  + " is "
                  + Long.toUnsignedString(word)
                  + ", expected below "
                  + q);
        }
      }
    }
  }

  /** A copy of a ciphertext of any engine; the original stays open. */
  public Ciphertext importCiphertext(Ciphertext other) {
    int bytes = Math.toIntExact(other.words(parameters) * Long.BYTES);
    ByteBuf staging = UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    try {
      ByteBuffer words = staging.nioBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      other.copyWordsTo(words);
      return importCiphertext(other.size(), other.limbs(), other.scale(), words.flip());
    } finally {
      staging.release();
    }
  }

  /**
   * Encodes slots by {@link PeriodicEncoder} with period N/2; coefficients may differ from SEAL's
   * encoder by a rounding of the last bit of a double.
   */
  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    CkksChecks.slots("encode", parameters, slots, limbs, scale);
    double[][] row = {Arrays.copyOf(slots, parameters.slots())};
    return new LimbPlaintext(encoder(parameters.slots()).encode(row, limbs, scale));
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    if (rows.length == 0) {
      throw new CkksException(Kind.SHAPE, "encodePeriodic: no rows, expected at least one");
    }
    return encoder(rows[0].length).encode(rows, limbs, scale);
  }

  private PeriodicEncoder encoder(int period) {
    return encoders.computeIfAbsent(period, p -> new PeriodicEncoder(parameters, p));
  }

  private record CombineKey(Opcode opcode, int sizeA, int sizeB, int limbs) {}

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b) {
    return combine("add", Opcode.ADD, a, b);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b) {
    return combine("subtract", Opcode.SUB, a, b);
  }

  private Ciphertext combine(String operation, Opcode opcode, Ciphertext a, Ciphertext b) {
    LimbCiphertext x = own(operation, a);
    LimbCiphertext y = own(operation, b);
    CkksChecks.equalLimbs(operation, x.limbs(), y.limbs());
    CkksChecks.equalScales(operation, x.scale(), y.scale());
    LimbProgram program =
        programs.get(
            new CombineKey(opcode, x.size(), y.size(), x.limbs()),
            () -> OperationPrograms.combine(parameters, opcode, x.size(), y.size(), x.limbs()));
    return runner.run(
        program, List.of(x, y), List.of(), Math.max(x.size(), y.size()), x.limbs(), x.scale());
  }

  private record SumKey(int terms, int size, int limbs) {}

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms) {
    List<LimbCiphertext> x = alike("sum", terms);
    LimbCiphertext first = x.get(0);
    LimbProgram program =
        programs.get(
            new SumKey(x.size(), first.size(), first.limbs()),
            () -> OperationPrograms.sum(parameters, x.size(), first.size(), first.limbs()));
    return runner.run(program, x, List.of(), first.size(), first.limbs(), first.scale());
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b) {
    return addRow(own("addPlain", a), own("addPlain", b).row(), 0);
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    LimbCiphertext x = own("addPlain", a);
    return addRow(x, weights.own("addPlain", b, x.limbs()), index);
  }

  private record AddPlainKey(int size, int limbs, int period) {}

  private Ciphertext addRow(LimbCiphertext x, EncodedPeriodicPlaintexts b, int index) {
    EncodedPeriodicPlaintexts w = weights.own("addPlain", b, x.limbs());
    CkksChecks.equalScales("addPlain", x.scale(), w.scale());
    row("addPlain", w, index);
    LimbProgram program =
        programs.get(
            new AddPlainKey(x.size(), x.limbs(), w.period()),
            () -> OperationPrograms.addPlain(parameters, x.size(), x.limbs(), w.period()));
    try (Residents.Lease chunk = weights.chunk(w, DeviceWeights.chunkOf(w, index))) {
      LimbView view = rowView(chunk, w, index, x.limbs());
      return runner.run(program, List.of(x), List.of(view), x.size(), x.limbs(), x.scale());
    }
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    return sumOfPlainProducts(List.of(a), own("multiplyPlain", b).row(), new int[] {0});
  }

  private record PlainProductsKey(int terms, int limbs, int period) {}

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    String operation = "sumOfPlainProducts";
    if (x.size() != index.length) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + x.size() + " ciphertexts and " + index.length + " indices");
    }
    List<Ciphertext> used = new ArrayList<>();
    int[] rows = Arrays.stream(index).filter(i -> i >= 0).toArray();
    for (int i = 0; i < index.length; i++) {
      if (index[i] >= 0) {
        used.add(x.get(i));
      }
    }
    List<LimbCiphertext> terms = alike(operation, used);
    LimbCiphertext first = terms.get(0);
    CkksChecks.size(operation, first, 2);
    EncodedPeriodicPlaintexts own = weights.own(operation, w, first.limbs());
    double scale = first.scale() * own.scale();
    CkksChecks.scale(operation, parameters, first.limbs(), scale);
    LimbProgram program =
        programs.get(
            new PlainProductsKey(rows.length, first.limbs(), own.period()),
            () ->
                OperationPrograms.plainProducts(
                    parameters, rows.length, first.limbs(), own.period()));
    try (Leases leases = new Leases()) {
      List<LimbView> views = new ArrayList<>();
      for (int row : rows) {
        row(operation, own, row);
        int c = DeviceWeights.chunkOf(own, row);
        Residents.Lease chunk = leases.once(c, () -> weights.chunk(own, c));
        views.add(rowView(chunk, own, row, first.limbs()));
      }
      return runner.run(program, terms, views, 2, first.limbs(), scale);
    }
  }

  private static void row(String operation, EncodedPeriodicPlaintexts w, int index) {
    if (index < 0 || index >= w.count()) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": plaintext index " + index + ", expected 0 to " + (w.count() - 1));
    }
  }

  private static LimbView rowView(
      Residents.Lease chunk, EncodedPeriodicPlaintexts w, int row, int limbs) {
    return new LimbView(chunk.buffer(), DeviceWeights.wordOf(w, row), (long) limbs * w.period());
  }

  @Override
  public Ciphertext multiply(Ciphertext a, Ciphertext b) {
    return products("multiply", List.of(a), List.of(b));
  }

  @Override
  public Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    return products("sumOfProducts", a, b);
  }

  private record ProductsKey(int terms, int limbs) {}

  private Ciphertext products(
      String operation, List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    if (a.size() != b.size()) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + a.size() + " left and " + b.size() + " right operands");
    }
    List<LimbCiphertext> x = alike(operation, a);
    List<LimbCiphertext> y = alike(operation, b);
    CkksChecks.size(operation, x.get(0), 2);
    CkksChecks.size(operation, y.get(0), 2);
    int limbs = x.get(0).limbs();
    CkksChecks.equalLimbs(operation, limbs, y.get(0).limbs());
    double scale = x.get(0).scale() * y.get(0).scale();
    CkksChecks.scale(operation, parameters, limbs, scale);
    List<LimbCiphertext> pairs = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      pairs.add(x.get(i));
      pairs.add(y.get(i));
    }
    LimbProgram program =
        programs.get(
            new ProductsKey(x.size(), limbs),
            () -> OperationPrograms.products(parameters, x.size(), limbs));
    return runner.run(program, pairs, List.of(), 3, limbs, scale);
  }

  private record RelinearizeKey(int limbs, int keyLimbs) {}

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys evaluationKeys) {
    LimbCiphertext x = own("relinearize", a);
    var k = DeviceKeys.readable("relinearize", evaluationKeys);
    CkksChecks.size("relinearize", x, 3);
    int step = DeviceKeys.RELINEARIZATION;
    int keyLimbs = keys.require("relinearize", k, step, x.limbs());
    LimbProgram program =
        programs.get(
            new RelinearizeKey(x.limbs(), keyLimbs),
            () -> OperationPrograms.relinearize(parameters, x.limbs(), keyLimbs));
    try (Residents.Lease key = keys.plain(k, step)) {
      return runner.run(
          program, List.of(x), List.of(LimbView.of(key.buffer())), 2, x.limbs(), x.scale());
    }
  }

  private record RescaleKey(int size, int limbs) {}

  @Override
  public Ciphertext rescale(Ciphertext a) {
    LimbCiphertext x = own("rescale", a);
    if (x.limbs() < 2) {
      throw new CkksException(Kind.SHAPE, "rescale: 1 limb, expected at least 2");
    }
    double scale = x.scale() / parameters.dataPrime(x.limbs() - 1).value();
    LimbProgram program =
        programs.get(
            new RescaleKey(x.size(), x.limbs()),
            () -> OperationPrograms.rescale(parameters, x.size(), x.limbs()));
    return runner.run(program, List.of(x), List.of(), x.size(), x.limbs() - 1, scale);
  }

  private record DropKey(int size, int limbs, int to) {}

  @Override
  public Ciphertext dropTo(Ciphertext a, int limbs) {
    LimbCiphertext x = own("dropTo", a);
    if (limbs < 1 || limbs > x.limbs()) {
      throw new CkksException(
          Kind.SHAPE, "dropTo: " + limbs + " limbs, expected 1 to " + x.limbs());
    }
    CkksChecks.scale("dropTo", parameters, limbs, x.scale());
    LimbProgram program =
        programs.get(
            new DropKey(x.size(), x.limbs(), limbs),
            () -> OperationPrograms.drop(parameters, x.size(), x.limbs(), limbs));
    return runner.run(program, List.of(x), List.of(), x.size(), limbs, x.scale());
  }

  private record RotateKey(int limbs, int keyLimbs, int step) {}

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys evaluationKeys) {
    LimbCiphertext x = own("rotate", a);
    CkksChecks.size("rotate", x, 2);
    int canonical = CkksChecks.step("rotate", parameters, step);
    if (canonical == 0) {
      return dropTo(x, x.limbs());
    }
    var k = DeviceKeys.readable("rotate", evaluationKeys);
    int keyLimbs = keys.require("rotate", k, canonical, x.limbs());
    int element = parameters.galoisElement(canonical);
    LimbProgram program =
        programs.get(
            new RotateKey(x.limbs(), keyLimbs, canonical),
            () -> OperationPrograms.rotate(parameters, x.limbs(), keyLimbs, element));
    try (Residents.Lease key = keys.plain(k, canonical)) {
      return runner.run(
          program, List.of(x), List.of(LimbView.of(key.buffer())), 2, x.limbs(), x.scale());
    }
  }

  private record HoistedKey(int limbs, List<Integer> steps) {}

  @Override
  public List<Ciphertext> rotateAll(Ciphertext a, int[] steps, EvaluationKeys evaluationKeys) {
    LimbCiphertext x = own("rotateAll", a);
    CkksChecks.size("rotateAll", x, 2);
    List<Integer> moved =
        Arrays.stream(steps)
            .map(step -> CkksChecks.step("rotateAll", parameters, step))
            .filter(step -> step != 0)
            .distinct()
            .boxed()
            .toList();
    if (moved.size() < 2 || moved.size() != Arrays.stream(steps).filter(s -> s != 0).count()) {
      return CkksEvaluator.super.rotateAll(a, steps, evaluationKeys);
    }
    var k = DeviceKeys.readable("rotateAll", evaluationKeys);
    moved.forEach(step -> keys.require("rotateAll", k, step, x.limbs()));
    LimbProgram program =
        programs.get(
            new HoistedKey(x.limbs(), moved),
            () -> RotationPrograms.hoisted(parameters, x.limbs(), moved, lanes));
    List<Ciphertext> rotated;
    try (Leases leases = new Leases()) {
      List<LimbView> views =
          moved.stream()
              .map(s -> LimbView.of(leases.keep(keys.prepared(k, s, x.limbs())).buffer()))
              .toList();
      Optional<List<Ciphertext>> exact =
          runner.runExact(
              program, List.of(x), views, x.limbs(), Collections.nCopies(moved.size(), x.scale()));
      if (exact.isEmpty()) {
        return CkksEvaluator.super.rotateAll(a, steps, evaluationKeys);
      }
      rotated = exact.get();
    }
    List<Ciphertext> copies = new ArrayList<>();
    try {
      List<Ciphertext> results = new ArrayList<>(steps.length);
      int next = 0;
      for (int step : steps) {
        if (step == 0) {
          copies.add(dropTo(x, x.limbs()));
        }
        results.add(step == 0 ? copies.get(copies.size() - 1) : rotated.get(next++));
      }
      return results;
    } catch (RuntimeException | Error e) {
      copies.forEach(Ciphertext::close);
      rotated.forEach(Ciphertext::close);
      throw e;
    }
  }

  @Override
  public List<Optional<Ciphertext>> babyGiantProducts(
      List<? extends Ciphertext> x, BabyGiantProduct product, EvaluationKeys evaluationKeys) {
    String operation = "babyGiantProducts";
    List<LimbCiphertext> inputs = alike(operation, x);
    LimbCiphertext first = inputs.get(0);
    CkksChecks.size(operation, first, 2);
    var k = DeviceKeys.readable(operation, evaluationKeys);
    BabyGiantCall call =
        BabyGiantCall.of(parameters, keys, weights, operation, product, first, inputs.size(), k);
    Optional<List<Ciphertext>> exact =
        call.run(programs, runner, inputs, keys, weights, k, lanes, true);
    List<Ciphertext> made =
        exact.orElseGet(
            () -> call.run(programs, runner, inputs, keys, weights, k, lanes, false).orElseThrow());
    return call.inOrder(product, made);
  }

  @Override
  public boolean fuses() {
    return true;
  }

  private List<LimbCiphertext> alike(String operation, List<? extends Ciphertext> terms) {
    if (terms.isEmpty() || terms.size() > TERMS_MAX) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + terms.size() + " terms, expected 1 to " + TERMS_MAX);
    }
    List<LimbCiphertext> own = new ArrayList<>(terms.size());
    for (Ciphertext term : terms) {
      LimbCiphertext x = own(operation, term);
      own.add(x);
      CkksChecks.size(operation, x, own.get(0).size());
      CkksChecks.equalLimbs(operation, own.get(0).limbs(), x.limbs());
      CkksChecks.equalScales(operation, own.get(0).scale(), x.scale());
    }
    return own;
  }

  private LimbCiphertext own(String operation, Ciphertext a) {
    if (a instanceof LimbCiphertext x && x.evaluator() == this) {
      return x;
    }
    throw foreign(operation, "ciphertext");
  }

  private LimbPlaintext own(String operation, Plaintext a) {
    if (a instanceof LimbPlaintext x && x.row().parameters().equals(parameters)) {
      return x;
    }
    throw foreign(operation, "plaintext");
  }

  private CkksException foreign(String operation, String what) {
    return new CkksException(
        Kind.SHAPE,
        operation
            + ": a "
            + what
            + " of another engine or parameter set, expected one of "
            + name()
            + " with "
            + parameters);
  }

  /** Gives up what is on the engine for good; the engine itself stays open. */
  @Override
  public void close() {
    residents.close();
  }

  /** Pinned residents of one call. */
  static final class Leases implements AutoCloseable {
    private final List<Residents.Lease> leases = new ArrayList<>();
    private final Map<Object, Residents.Lease> byKey = new java.util.HashMap<>();

    Residents.Lease keep(Residents.Lease lease) {
      leases.add(lease);
      return lease;
    }

    Residents.Lease once(Object key, Supplier<Residents.Lease> acquire) {
      Residents.Lease lease = byKey.get(key);
      if (lease == null) {
        lease = keep(acquire.get());
        byKey.put(key, lease);
      }
      return lease;
    }

    @Override
    public void close() {
      leases.forEach(Residents.Lease::close);
    }
  }
}
