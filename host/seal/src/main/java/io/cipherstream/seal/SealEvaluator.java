package io.cipherstream.seal;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.ckks.PeriodicEncoder;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.seal.jni.CipherHandle;
import io.cipherstream.seal.jni.EvaluatorContext;
import io.cipherstream.seal.jni.PlainHandle;
import io.cipherstream.seal.jni.SealShim;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * CKKS on SEAL's own arithmetic: the reference for every other engine's words, and what computes
 * when an engine fails. Sums of products are chains of SEAL's single operations. Nothing here is
 * tuned: limb programs on {@link SealEngine} give the same words several times as fast. Safe for
 * concurrent use.
 */
public final class SealEvaluator implements CkksEvaluator {

  /** Most terms of one sum of products. */
  public static final int TERMS_MAX = 1 << 15;

  private final CkksParameters parameters;
  private final EvaluatorContext context;
  private final NativeResource<EvaluatorContext> resource;
  private final Map<Integer, PeriodicEncoder> encoders = new ConcurrentHashMap<>();

  public SealEvaluator(CkksParameters parameters) {
    this.parameters = parameters;
    int count = parameters.dataLimbs();
    long[] primes = new long[count + 1];
    for (int i = 0; i < count; i++) {
      primes[i] = parameters.dataPrime(i).value();
    }
    primes[count] = parameters.specialPrime().value();
    this.context =
        NativeCalls.translated(
            "evaluator",
            () ->
                SealShim.context_create(
                    parameters.degree(), primes, primes.length, parameters.insecure()));
    this.resource = new NativeResource<>("the evaluator", context, SealShim::context_delete);
  }

  /** Native objects of this class loader that are not yet closed, evaluators included. */
  public static long liveObjects() {
    return SealShim.live_objects();
  }

  /** The version of the linked SEAL. */
  public static String sealVersion() {
    return SealInfo.version();
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  @Override
  public String name() {
    return "seal";
  }

  /**
   * A ciphertext from raw words {@code [poly][limb][coefficient]}; the buffer advances.
   *
   * @throws CkksException of kind SHAPE for a size other than 2 or 3 or limbs out of range, SCALE
   *     for a scale that is not finite, positive and below the modulus, WORDS for a heap buffer,
   *     too few bytes or a word that is not below its prime
   */
  public SealCiphertext importCiphertext(int size, int limbs, double scale, ByteBuffer words) {
    String operation = "importCiphertext";
    if (size != 2 && size != 3) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + size + " polynomials, expected 2 or 3");
    }
    CkksChecks.limbs(operation, parameters, limbs);
    CkksChecks.scale(operation, parameters, limbs, scale);
    int bytes = SealCiphertext.checkedBytes(operation, parameters, size, limbs, words);
    SealCiphertext result =
        make(
            operation,
            size,
            limbs,
            scale,
            List.of(resource),
            () -> SealShim.cipher_import(context, size, limbs, scale, words.slice()));
    words.position(words.position() + bytes);
    return result;
  }

  /**
   * A two-polynomial ciphertext whose c₁ is given by a 64-byte seed, expanded with SEAL's BLAKE2xb
   * generator and uniform sampler over q₀ … q₍limbs₋₁₎. Errors as {@link #importCiphertext}.
   */
  public SealCiphertext importSeeded(int limbs, double scale, ByteBuffer c0, byte[] seed) {
    String operation = "importSeeded";
    CkksChecks.limbs(operation, parameters, limbs);
    CkksChecks.scale(operation, parameters, limbs, scale);
    if (seed.length != SealEvaluationKeys.SEED_BYTES) {
      throw new CkksException(
          Kind.WORDS,
          operation
              + ": a seed of "
              + seed.length
              + " bytes, expected "
              + SealEvaluationKeys.SEED_BYTES);
    }
    int bytes = SealCiphertext.checkedBytes(operation, parameters, 1, limbs, c0);
    SealCiphertext result =
        make(
            operation,
            2,
            limbs,
            scale,
            List.of(resource),
            () ->
                SealShim.cipher_import_seeded(
                    context, limbs, scale, c0.slice(), ByteBuffer.wrap(seed.clone())));
    c0.position(c0.position() + bytes);
    return result;
  }

  /** Starts a key set of one client. */
  public SealEvaluationKeys.Builder newKeys() {
    return new SealEvaluationKeys.Builder(parameters, resource);
  }

  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
    CkksChecks.limbs("encode", parameters, limbs);
    CkksChecks.scale("encode", parameters, limbs, scale);
    CkksChecks.slots("encode", parameters, slots, limbs, scale);
    double[] values = slots.length == 0 ? new double[1] : slots;
    PlainHandle handle =
        NativeCalls.with(
            "encode",
            List.of(resource),
            () -> SealShim.plain_encode(context, values, values.length, limbs, scale));
    return new SealPlaintext(parameters, handle, limbs, scale);
  }

  @Override
  public PeriodicPlaintexts encodePeriodic(double[][] rows, int limbs, double scale) {
    if (rows.length == 0) {
      throw new CkksException(Kind.SHAPE, "encodePeriodic: no rows, expected at least one");
    }
    return encoders
        .computeIfAbsent(rows[0].length, period -> new PeriodicEncoder(parameters, period))
        .encode(rows, limbs, scale);
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b) {
    return combine("add", a, b, SealShim::cipher_add);
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b) {
    return combine("subtract", a, b, SealShim::cipher_subtract);
  }

  /** A native operation on two addends. */
  @FunctionalInterface
  private interface Combination {
    CipherHandle of(EvaluatorContext context, CipherHandle a, CipherHandle b);
  }

  private Ciphertext combine(
      String operation, Ciphertext a, Ciphertext b, Combination combination) {
    SealCiphertext x = own(operation, a);
    SealCiphertext y = own(operation, b);
    checkAddends(operation, x, y);
    return make(
        operation,
        Math.max(x.size(), y.size()),
        x.limbs(),
        x.scale(),
        List.of(resource, x.resource(), y.resource()),
        () -> combination.of(context, x.handle(), y.handle()));
  }

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms) {
    Operands x = Operands.of("sum", this, terms);
    SealCiphertext first = x.first();
    return make(
        "sum",
        first.size(),
        first.limbs(),
        first.scale(),
        x.pinnedWith(resource),
        () -> SealShim.cipher_sum(context, x.addresses(), x.count()));
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b) {
    SealCiphertext x = own("addPlain", a);
    SealPlaintext p = own("addPlain", b);
    checkPlainLimbs("addPlain", x, p.limbs());
    CkksChecks.equalScales("addPlain", x.scale(), p.scale());
    return make(
        "addPlain",
        x.size(),
        x.limbs(),
        x.scale(),
        List.of(resource, x.resource(), p.resource()),
        () -> SealShim.cipher_add_plain(context, x.handle(), p.handle()));
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index) {
    SealCiphertext x = own("addPlain", a);
    PeriodicRows rows = PeriodicRows.of("addPlain", parameters, b);
    checkPlainLimbs("addPlain", x, b.limbs());
    CkksChecks.equalScales("addPlain", x.scale(), b.scale());
    long address = rows.address(index);
    try {
      return make(
          "addPlain",
          x.size(),
          x.limbs(),
          x.scale(),
          List.of(resource, x.resource()),
          () -> SealShim.cipher_add_periodic(context, x.handle(), address, b.period()));
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b) {
    SealCiphertext x = own("multiplyPlain", a);
    SealPlaintext p = own("multiplyPlain", b);
    CkksChecks.size("multiplyPlain", x, 2);
    checkPlainLimbs("multiplyPlain", x, p.limbs());
    double scale = x.scale() * p.scale();
    CkksChecks.scale("multiplyPlain", parameters, x.limbs(), scale);
    return make(
        "multiplyPlain",
        2,
        x.limbs(),
        scale,
        List.of(resource, x.resource(), p.resource()),
        () -> SealShim.cipher_multiply_plain(context, x.handle(), p.handle()));
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index) {
    String operation = "sumOfPlainProducts";
    if (x.size() != index.length) {
      throw new CkksException(
          Kind.SHAPE,
          operation + ": " + x.size() + " ciphertexts and " + index.length + " indices");
    }
    int[] used = Arrays.stream(index).filter(i -> i >= 0).toArray();
    Operands terms =
        Operands.of(
            operation,
            this,
            java.util.stream.IntStream.range(0, index.length)
                .filter(i -> index[i] >= 0)
                .mapToObj(x::get)
                .toList());
    SealCiphertext first = terms.first();
    CkksChecks.size(operation, first, 2);
    checkPlainLimbs(operation, first, w.limbs());
    double scale = first.scale() * w.scale();
    CkksChecks.scale(operation, parameters, first.limbs(), scale);
    PeriodicRows rows = PeriodicRows.of(operation, parameters, w);
    long[] addresses = Arrays.stream(used).mapToLong(rows::address).toArray();
    try {
      return make(
          operation,
          2,
          first.limbs(),
          scale,
          terms.pinnedWith(resource),
          () ->
              SealShim.cipher_sum_of_plain_products(
                  context, terms.addresses(), addresses, addresses.length, w.period(), scale));
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  @Override
  public Ciphertext multiply(Ciphertext a, Ciphertext b) {
    return products("multiply", List.of(a), List.of(b));
  }

  @Override
  public Ciphertext sumOfProducts(List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    return products("sumOfProducts", a, b);
  }

  private Ciphertext products(
      String operation, List<? extends Ciphertext> a, List<? extends Ciphertext> b) {
    if (a.size() != b.size()) {
      throw new CkksException(
          Kind.SHAPE, operation + ": " + a.size() + " left and " + b.size() + " right operands");
    }
    Operands x = Operands.of(operation, this, a);
    Operands y = Operands.of(operation, this, b);
    CkksChecks.size(operation, x.first(), 2);
    CkksChecks.size(operation, y.first(), 2);
    CkksChecks.equalLimbs(operation, x.first().limbs(), y.first().limbs());
    int limbs = x.first().limbs();
    double scale = x.first().scale() * y.first().scale();
    CkksChecks.scale(operation, parameters, limbs, scale);
    return make(
        operation,
        3,
        limbs,
        scale,
        x.pinnedWith(y.pinnedWith(resource)),
        () ->
            SealShim.cipher_sum_of_products(
                context, x.addresses(), y.addresses(), x.count(), scale));
  }

  /** SEAL's own {@code Evaluator::multiply_plain} with a plaintext of raw words of a's limbs. */
  Ciphertext referenceMultiplyPlain(Ciphertext a, ByteBuffer words, double plainScale) {
    SealCiphertext x = own("multiplyPlain", a);
    var unused = SealCiphertext.checkedBytes("multiplyPlain", parameters, 1, x.limbs(), words);
    return make(
        "multiplyPlain",
        2,
        x.limbs(),
        x.scale() * plainScale,
        List.of(resource, x.resource()),
        () -> SealShim.reference_multiply_plain(context, x.handle(), words.slice(), plainScale));
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys) {
    SealCiphertext x = own("relinearize", a);
    SealEvaluationKeys k = own("relinearize", keys);
    CkksChecks.size("relinearize", x, 3);
    k.require("relinearize", SealEvaluationKeys.RELINEARIZATION, x.limbs());
    return make(
        "relinearize",
        2,
        x.limbs(),
        x.scale(),
        List.of(resource, x.resource(), k.resource()),
        () -> SealShim.cipher_relinearize(context, x.handle(), k.handle()));
  }

  @Override
  public Ciphertext rescale(Ciphertext a) {
    SealCiphertext x = own("rescale", a);
    if (x.limbs() < 2) {
      throw new CkksException(Kind.SHAPE, "rescale: 1 limb, expected at least 2");
    }
    double scale = x.scale() / parameters.dataPrime(x.limbs() - 1).value();
    return make(
        "rescale",
        x.size(),
        x.limbs() - 1,
        scale,
        List.of(resource, x.resource()),
        () -> SealShim.cipher_rescale(context, x.handle()));
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, int limbs) {
    SealCiphertext x = own("dropTo", a);
    if (limbs < 1 || limbs > x.limbs()) {
      throw new CkksException(
          Kind.SHAPE, "dropTo: " + limbs + " limbs, expected 1 to " + x.limbs());
    }
    CkksChecks.scale("dropTo", parameters, limbs, x.scale());
    return make(
        "dropTo",
        x.size(),
        limbs,
        x.scale(),
        List.of(resource, x.resource()),
        () -> SealShim.cipher_drop_to(context, x.handle(), limbs));
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys) {
    SealCiphertext x = own("rotate", a);
    CkksChecks.size("rotate", x, 2);
    int canonical = CkksChecks.step("rotate", parameters, step);
    if (canonical == 0) {
      return dropTo(x, x.limbs());
    }
    SealEvaluationKeys k = own("rotate", keys);
    int keyLimbs = k.require("rotate", canonical, x.limbs());
    return make(
        "rotate",
        2,
        x.limbs(),
        x.scale(),
        List.of(resource, x.resource(), k.resource()),
        () -> SealShim.cipher_rotate(context, x.handle(), canonical, k.handle(), keyLimbs));
  }

  /**
   * Adds a fresh encryption of zero under the client's public key, so that the words of the result
   * tell nothing of how it was computed beyond what it decrypts to and its noise. The result is
   * random: two calls differ.
   *
   * @throws CkksException of kind KEY_MISSING if no public key was given, or for fewer limbs
   */
  public Ciphertext addEncryptionOfZero(Ciphertext a, EvaluationKeys keys) {
    String operation = "addEncryptionOfZero";
    SealCiphertext x = own(operation, a);
    SealEvaluationKeys k = own(operation, keys);
    CkksChecks.size(operation, x, 2);
    int given = k.publicKeyLimbs().orElse(0);
    if (given < x.limbs()) {
      throw new CkksException(
          Kind.KEY_MISSING,
          operation
              + ": the public key "
              + (given == 0 ? "was not given" : "serves " + given + " limbs")
              + ", the ciphertext has "
              + x.limbs());
    }
    return make(
        operation,
        2,
        x.limbs(),
        x.scale(),
        List.of(resource, x.resource(), k.resource()),
        () -> SealShim.cipher_add_encryption_of_zero(context, x.handle(), k.handle()));
  }

  /** Closes the evaluator; ciphertexts and finished keys stay valid until they are closed. */
  @Override
  public void close() {
    resource.close();
  }

  private SealCiphertext make(
      String operation,
      int size,
      int limbs,
      double scale,
      List<NativeResource<?>> pinned,
      Supplier<CipherHandle> call) {
    CipherHandle handle = NativeCalls.with(operation, pinned, call);
    return new SealCiphertext(parameters, handle, size, limbs, scale);
  }

  private static void checkAddends(String operation, SealCiphertext x, SealCiphertext y) {
    CkksChecks.equalLimbs(operation, x.limbs(), y.limbs());
    CkksChecks.equalScales(operation, x.scale(), y.scale());
  }

  private static void checkPlainLimbs(String operation, SealCiphertext x, int limbs) {
    if (limbs < x.limbs()) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": plaintext of "
              + limbs
              + " limbs, expected at least the ciphertext's "
              + x.limbs());
    }
  }

  SealCiphertext own(String operation, Ciphertext a) {
    if (a instanceof SealCiphertext x && x.parameters().equals(parameters)) {
      return x;
    }
    throw foreign(operation, "ciphertext");
  }

  private SealPlaintext own(String operation, Plaintext a) {
    if (a instanceof SealPlaintext x && x.parameters().equals(parameters)) {
      return x;
    }
    throw foreign(operation, "plaintext");
  }

  private SealEvaluationKeys own(String operation, EvaluationKeys a) {
    if (a instanceof SealEvaluationKeys x && x.parameters().equals(parameters)) {
      return x;
    }
    throw foreign(operation, "key set");
  }

  private CkksException foreign(String operation, String what) {
    return new CkksException(
        Kind.SHAPE,
        operation
            + ": a "
            + what
            + " of another engine or parameter set, expected one of seal with "
            + parameters);
  }
}
