package io.cipherstream.seal;

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
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.ckks.PeriodicEncoders;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.PlainMatrix;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.ring.IntegerMatrix;
import io.cipherstream.ring.Modulus;
import io.cipherstream.seal.jni.CipherHandle;
import io.cipherstream.seal.jni.EvaluatorContext;
import io.cipherstream.seal.jni.PlainHandle;
import io.cipherstream.seal.jni.SealShim;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * SEAL's own arithmetic: the reference for every other engine's words, and what computes when an
 * engine fails. Sums of products are chains of SEAL's single operations. Nothing here is tuned:
 * limb programs on {@link SealEngine} give the same words several times as fast. Safe for
 * concurrent use.
 *
 * <p>SEAL's key switching has one special prime. Under a set with several this expands, encodes,
 * keeps keys and computes all else, but refuses to rotate and to relinearise.
 */
public final class SealArithmetic implements CkksArithmetic {

  private final CkksParameters parameters;
  private final EvaluatorContext context;
  private final NativeResource<EvaluatorContext> resource;
  private final PeriodicEncoders encoders;

  public SealArithmetic(CkksParameters parameters) {
    this.parameters = parameters;
    this.encoders = new PeriodicEncoders(parameters);
    long[] primes = parameters.ring().moduli().stream().mapToLong(Modulus::value).toArray();
    this.context =
        NativeCalls.translated(
            "evaluator",
            () ->
                SealShim.context_create(
                    parameters.degree(),
                    primes,
                    primes.length,
                    parameters.specialPrimes().size(),
                    parameters.insecure()));
    this.resource = new NativeResource<>("the evaluator", context, SealShim::context_delete);
  }

  /** Native objects of this class loader that are not yet closed, this one's included. */
  public static long liveObjects() {
    return SealShim.live_objects();
  }

  @Override
  public CkksParameters parameters() {
    return parameters;
  }

  @Override
  public String name() {
    return "seal";
  }

  @Override
  public boolean owns(Ciphertext a) {
    return a instanceof SealCiphertext x && x.parameters().equals(parameters);
  }

  @Override
  public boolean owns(Plaintext a) {
    return a instanceof SealPlaintext x && x.parameters().equals(parameters);
  }

  @Override
  public boolean owns(PeriodicPlaintexts a) {
    return a instanceof EncodedPeriodicPlaintexts x && x.parameters().equals(parameters);
  }

  @Override
  public boolean owns(EvaluationKeys keys) {
    return keys instanceof SealEvaluationKeys x && x.parameters().equals(parameters);
  }

  /** Starts a key set of one client. */
  public SealEvaluationKeys.Builder newKeys() {
    return new SealEvaluationKeys.Builder(parameters, resource);
  }

  @Override
  public Plaintext encode(double[] slots, int limbs, double scale) {
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
    return encoders.encode(rows, limbs, scale);
  }

  @Override
  public PeriodicPlaintexts encodePeriodicComplex(double[][] rows, int limbs, double scale) {
    return encoders.encodeComplex(rows, limbs, scale);
  }

  @Override
  public Ciphertext bring(CiphertextForm form, ByteBuffer words) {
    return make(
        "importCiphertext",
        form,
        List.of(),
        () ->
            SealShim.cipher_import(
                context, form.size(), form.limbs(), form.scale(), words.slice()));
  }

  /**
   * Writes out the polynomial that a 64-byte seed stands for, with SEAL's BLAKE2xb generator and
   * uniform sampler over q₀ … q₍limbs₋₁₎.
   *
   * @param words direct, with room for {@code limbs} · N words, which it is filled with; does not
   *     advance
   * @throws CkksException of kind SHAPE for limbs out of range, WORDS for a seed of another length
   *     or a buffer that is not direct, read-only or too small
   */
  public void expandSeed(int limbs, byte[] seed, ByteBuffer words) {
    String operation = "expandSeed";
    CkksChecks.limbs(operation, parameters, limbs);
    if (seed.length != CkksParameters.SEED_BYTES) {
      throw new CkksException(
          Kind.WORDS,
          operation
              + ": a seed of "
              + seed.length
              + " bytes, expected "
              + CkksParameters.SEED_BYTES);
    }
    CkksChecks.destination(operation, words, (long) Long.BYTES * parameters.degree() * limbs);
    change(
        operation,
        () -> SealShim.seed_expand(context, limbs, ByteBuffer.wrap(seed.clone()), words.slice()));
  }

  /**
   * A ciphertext of c₀ and the seed of c₁, which come from outside; {@code c0} advances.
   *
   * @throws CkksException of kind SCALE for a scale that does not fit, WORDS for a heap buffer, too
   *     few bytes or a word that is not below its prime, and as {@link #expandSeed}
   */
  public HostCiphertext seeded(int limbs, double scale, ByteBuffer c0, byte[] seed) {
    String operation = "seeded";
    CiphertextForm form = new CiphertextForm(2, limbs, scale);
    CkksChecks.form(operation, parameters, form);
    int bytes = HostCiphertext.bytes(parameters, form) / 2;
    CkksChecks.words(operation, c0, bytes);
    HostCiphertext made = HostCiphertext.allocate(parameters, form);
    try {
      ByteBuffer words = made.words().put(c0.slice(c0.position(), bytes));
      CkksChecks.canonical(operation, parameters, limbs, made.words().limit(bytes));
      expandSeed(limbs, seed, words);
      c0.position(c0.position() + bytes);
      return made;
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  @Override
  public Ciphertext add(Ciphertext a, Ciphertext b, CiphertextForm form) {
    return make(
        "add", form, List.of(a, b), () -> SealShim.cipher_add(context, handle(a), handle(b)));
  }

  @Override
  public Ciphertext subtract(Ciphertext a, Ciphertext b, CiphertextForm form) {
    return make(
        "subtract",
        form,
        List.of(a, b),
        () -> SealShim.cipher_subtract(context, handle(a), handle(b)));
  }

  @Override
  public Ciphertext sum(List<? extends Ciphertext> terms, CiphertextForm form) {
    return make(
        "sum", form, terms, () -> SealShim.cipher_sum(context, addresses(terms), terms.size()));
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    SealPlaintext p = (SealPlaintext) b;
    return make(
        "addPlain",
        form,
        List.of(a),
        () -> SealShim.cipher_add_plain(context, handle(a), p.handle()),
        p.resource());
  }

  @Override
  public Ciphertext addPlain(Ciphertext a, PeriodicPlaintexts b, int index, CiphertextForm form) {
    EncodedPeriodicPlaintexts encoded = (EncodedPeriodicPlaintexts) b;
    PeriodicRows rows = new PeriodicRows(encoded);
    long address = rows.address(index);
    try {
      return make(
          "addPlain",
          form,
          List.of(a),
          () ->
              SealShim.cipher_add_periodic(
                  context, handle(a), address, encoded.limbWords(), !encoded.complex()));
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  @Override
  public Ciphertext multiplyPlain(Ciphertext a, Plaintext b, CiphertextForm form) {
    SealPlaintext p = (SealPlaintext) b;
    return make(
        "multiplyPlain",
        form,
        List.of(a),
        () -> SealShim.cipher_multiply_plain(context, handle(a), p.handle()),
        p.resource());
  }

  /** SEAL's own {@code Evaluator::multiply_plain} with a plaintext of raw words of a's limbs. */
  Ciphertext referenceMultiplyPlain(Ciphertext a, ByteBuffer words, double plainScale) {
    return make(
        "multiplyPlain",
        new CiphertextForm(2, a.limbs(), a.scale() * plainScale),
        List.of(a),
        () -> SealShim.reference_multiply_plain(context, handle(a), words.slice(), plainScale));
  }

  @Override
  public Ciphertext sumOfPlainProducts(
      List<? extends Ciphertext> x, PeriodicPlaintexts w, int[] index, CiphertextForm form) {
    EncodedPeriodicPlaintexts encoded = (EncodedPeriodicPlaintexts) w;
    PeriodicRows rows = new PeriodicRows(encoded);
    long[] addresses = Arrays.stream(index).mapToLong(rows::address).toArray();
    try {
      return make(
          "sumOfPlainProducts",
          form,
          x,
          () ->
              SealShim.cipher_sum_of_plain_products(
                  context,
                  addresses(x),
                  addresses,
                  index.length,
                  encoded.limbWords(),
                  !encoded.complex(),
                  form.scale()));
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  @Override
  public List<Ciphertext> matrixProduct(
      List<? extends Ciphertext> x, PlainMatrix m, CiphertextForm form) {
    IntegerMatrix entries = ((EncodedMatrix) m).entries();
    List<Ciphertext> made = new ArrayList<>();
    try {
      for (int r = 0; r < m.rows(); r++) {
        int row = r;
        int[] factors = IntStream.range(0, m.columns()).map(c -> entries.entry(row, c)).toArray();
        made.add(
            make(
                "matrixProduct",
                form,
                x,
                () ->
                    SealShim.cipher_sum_of_multiples(
                        context, addresses(x), factors, factors.length, form.scale())));
      }
      return made;
    } catch (RuntimeException | Error e) {
      made.forEach(Ciphertext::close);
      throw e;
    }
  }

  @Override
  public Ciphertext sumOfProducts(
      List<? extends Ciphertext> a, List<? extends Ciphertext> b, CiphertextForm form) {
    List<Ciphertext> all = new ArrayList<>(a);
    all.addAll(b);
    return make(
        "sumOfProducts",
        form,
        all,
        () ->
            SealShim.cipher_sum_of_products(
                context, addresses(a), addresses(b), a.size(), form.scale()));
  }

  @Override
  public Ciphertext relinearize(Ciphertext a, EvaluationKeys keys, CiphertextForm form) {
    requireOneSpecialPrime("relinearize");
    SealEvaluationKeys k = (SealEvaluationKeys) keys;
    return make(
        "relinearize",
        form,
        List.of(a),
        () -> SealShim.cipher_relinearize(context, handle(a), k.handle()),
        k.resource());
  }

  @Override
  public Ciphertext rescale(Ciphertext a, CiphertextForm form) {
    return make("rescale", form, List.of(a), () -> SealShim.cipher_rescale(context, handle(a)));
  }

  @Override
  public Ciphertext dropTo(Ciphertext a, CiphertextForm form) {
    return make(
        "dropTo",
        form,
        List.of(a),
        () -> SealShim.cipher_drop_to(context, handle(a), form.limbs()));
  }

  @Override
  public Ciphertext rotate(Ciphertext a, int step, EvaluationKeys keys, CiphertextForm form) {
    requireOneSpecialPrime("rotate");
    SealEvaluationKeys k = (SealEvaluationKeys) keys;
    int canonical = CkksChecks.keyStep("rotate", parameters, step);
    int keyLimbs = k.rotationLimbs(step).orElseThrow();
    return make(
        "rotate",
        form,
        List.of(a),
        () -> SealShim.cipher_rotate(context, handle(a), canonical, k.handle(), keyLimbs),
        k.resource());
  }

  private void requireOneSpecialPrime(String operation) {
    if (parameters.hybrid()) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": parameter set "
              + parameters
              + " has "
              + parameters.specialPrimes().size()
              + " special primes, SEAL's key switching expects one; use an engine of limb programs,"
              + " such as seal-limb");
    }
  }

  /**
   * Adds a fresh encryption of zero under the client's public key, so that the words tell nothing
   * of how they were computed beyond what they decrypt to and their noise. Two calls differ.
   *
   * @param a of size 2; its words are changed
   * @throws CkksException of kind SHAPE if the form does not fit or the keys are not of this
   *     arithmetic; KEY_MISSING if no public key was given, or for fewer limbs
   */
  public void addEncryptionOfZero(HostCiphertext a, EvaluationKeys keys) {
    String operation = "addEncryptionOfZero";
    int limbs = a.form().limbs();
    CkksChecks.form(operation, parameters, a.form());
    ByteBuffer words = a.words();
    if (a.form().size() != 2
        || words.remaining() != HostCiphertext.bytes(parameters, a.form())
        || !owns(keys)) {
      throw new CkksException(
          Kind.SHAPE,
          operation
              + ": "
              + a
              + ", or a key set of another engine or parameter set, expected size 2 and those of "
              + parameters);
    }
    SealEvaluationKeys k = (SealEvaluationKeys) keys;
    int given = k.publicKeyLimbs().orElse(0);
    if (given < limbs) {
      throw new CkksException(
          Kind.KEY_MISSING,
          operation
              + ": the public key "
              + (given == 0 ? "was not given" : "serves " + given + " limbs")
              + ", the ciphertext has "
              + limbs);
    }
    change(
        operation,
        () -> SealShim.words_add_encryption_of_zero(context, limbs, k.handle(), words),
        k.resource());
  }

  /** Ciphertexts and finished keys stay valid until they are closed. */
  @Override
  public void close() {
    resource.close();
  }

  /** Runs a native operation while its ciphertexts and what else it uses are kept alive. */
  private SealCiphertext make(
      String operation,
      CiphertextForm form,
      List<? extends Ciphertext> operands,
      Supplier<CipherHandle> call,
      NativeResource<?>... others) {
    List<NativeResource<?>> pinned = new ArrayList<>(operands.size() + others.length + 1);
    pinned.add(resource);
    operands.forEach(operand -> pinned.add(((SealCiphertext) operand).resource()));
    pinned.addAll(Arrays.asList(others));
    CipherHandle handle = NativeCalls.with(operation, pinned, call);
    return new SealCiphertext(parameters, handle, form);
  }

  /** Runs a native call that changes words of the host. */
  private void change(String operation, Runnable call, NativeResource<?>... others) {
    List<NativeResource<?>> pinned = new ArrayList<>(Arrays.asList(others));
    pinned.add(resource);
    NativeCalls.with(
        operation,
        pinned,
        () -> {
          call.run();
          return operation;
        });
  }

  /** The native object; valid while it is kept alive. */
  private static CipherHandle handle(Ciphertext a) {
    return ((SealCiphertext) a).handle();
  }

  private static long[] addresses(List<? extends Ciphertext> terms) {
    return terms.stream().mapToLong(term -> handle(term).address()).toArray();
  }
}
