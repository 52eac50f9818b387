package io.cipherstream.seal;

import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.CloseActions;
import io.cipherstream.ckks.KeyWords;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.seal.jni.EvaluatorContext;
import io.cipherstream.seal.jni.KeysHandle;
import io.cipherstream.seal.jni.SealShim;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.BytePointer;

/**
 * One client's public keys in SEAL's memory: rotation keys, the relinearisation key, the public
 * encryption key.
 *
 * <p>A key for ℓ limbs is a SEAL key of the parameter set {q₀ … q₍ℓ₋₁₎ | P}: ℓ digits, each a
 * ciphertext (c₀, c₁) over the ℓ + 1 primes q₀ … q₍ℓ₋₁₎, P. It serves ciphertexts of at most ℓ
 * limbs with the same words as a key for all limbs would. With several special primes the digits
 * are fewer and over more primes, as {@link KeyWords} has it; such keys, with which SEAL cannot
 * switch, lie whole in its memory, so that an engine of the host reads them where they are.
 */
public final class SealEvaluationKeys implements KeyWords {

  /** Stands for the relinearisation key where a rotation step is expected. */
  static final int RELINEARIZATION = 0;

  private final CkksParameters parameters;
  private final KeysHandle handle;
  private final NativeResource<KeysHandle> resource;
  private final Map<Integer, Integer> limbsByStep;
  private final int publicLimbs;
  private final long bytes;
  private final CloseActions closeActions = new CloseActions();

  private SealEvaluationKeys(Builder builder) {
    this.parameters = builder.parameters;
    this.handle = builder.handle;
    this.resource = builder.resource;
    this.limbsByStep = Map.copyOf(builder.limbsByStep);
    this.publicLimbs = builder.publicLimbs;
    this.bytes = SealShim.keys_bytes(handle);
  }

  CkksParameters parameters() {
    return parameters;
  }

  NativeResource<KeysHandle> resource() {
    return resource;
  }

  KeysHandle handle() {
    return handle;
  }

  @Override
  public OptionalInt rotationLimbs(int step) {
    int canonical = CkksChecks.keyStep("rotationLimbs", parameters, step);
    return canonical == 0 ? OptionalInt.empty() : limbs(canonical);
  }

  @Override
  public OptionalInt relinearizationLimbs() {
    return limbs(RELINEARIZATION);
  }

  /** Largest number of limbs at which the public key encrypts; empty if absent. */
  public OptionalInt publicKeyLimbs() {
    return publicLimbs == 0 ? OptionalInt.empty() : OptionalInt.of(publicLimbs);
  }

  private OptionalInt limbs(int canonicalStep) {
    Integer limbs = limbsByStep.get(canonicalStep);
    return limbs == null ? OptionalInt.empty() : OptionalInt.of(limbs);
  }

  @Override
  public void copyRotationDigit(int step, int digit, ByteBuffer destination) {
    int canonical = CkksChecks.keyStep("copyRotationDigit", parameters, step);
    if (canonical == 0) {
      throw new CkksException(Kind.KEY_MISSING, "copyRotationDigit: step 0 has no key");
    }
    copyDigit("copyRotationDigit", canonical, digit, destination);
  }

  @Override
  public void copyRelinearizationDigit(int digit, ByteBuffer destination) {
    copyDigit("copyRelinearizationDigit", RELINEARIZATION, digit, destination);
  }

  @Override
  public Optional<Whole> rotationWords(int step) {
    return whole("rotationWords", CkksChecks.keyStep("rotationWords", parameters, step));
  }

  @Override
  public Optional<Whole> relinearizationWords() {
    return whole("relinearizationWords", RELINEARIZATION);
  }

  private Optional<Whole> whole(String operation, int canonicalStep) {
    if (!parameters.hybrid()) {
      return Optional.empty();
    }
    int limbs = keyLimbs(operation, canonicalStep);
    long bytes = 2L * parameters.digits(limbs) * Builder.digitBytes(parameters, limbs);
    KeysHandle held = resource.acquire();
    try {
      BytePointer words = SealShim.keys_words(held, element(canonicalStep), limbs);
      return Optional.of(
          new Whole(words.capacity(bytes).asByteBuffer().asReadOnlyBuffer(), resource::release));
    } catch (RuntimeException e) {
      resource.release();
      throw e;
    }
  }

  private int keyLimbs(String operation, int canonicalStep) {
    return canonicalStep == RELINEARIZATION
        ? CkksChecks.relinearizationKey(operation, this, 1)
        : CkksChecks.rotationKey(operation, this, canonicalStep, 1);
  }

  private int element(int canonicalStep) {
    return canonicalStep == RELINEARIZATION ? 0 : parameters.galoisElement(canonicalStep);
  }

  private void copyDigit(String operation, int canonicalStep, int digit, ByteBuffer destination) {
    int limbs = keyLimbs(operation, canonicalStep);
    int digits = parameters.digits(limbs);
    if (digit < 0 || digit >= digits) {
      throw new CkksException(
          Kind.SHAPE, operation + ": digit " + digit + ", expected 0 to " + (digits - 1));
    }
    int bytes = 2 * Builder.digitBytes(parameters, limbs);
    CkksChecks.destination(operation, destination, bytes);
    int element = element(canonicalStep);
    NativeCalls.with(
        operation,
        List.of(resource),
        () -> {
          SealShim.keys_copy_digit(handle, element, limbs, digit, destination.slice());
          return operation;
        });
    destination.position(destination.position() + bytes);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void onClose(Runnable action) {
    closeActions.add(action);
  }

  @Override
  public void close() {
    try {
      closeActions.run();
    } finally {
      resource.close();
    }
  }

  /**
   * Takes keys piece by piece, each digit copied to native memory at once. Not safe for concurrent
   * use. Closing it without {@link #build} releases everything.
   *
   * <p>Every method throws {@link CkksException} of kind {@code WORDS} for a word not below its
   * prime, a short buffer, a heap buffer or a seed of wrong length, and of kind {@code SHAPE} for a
   * key given twice, digits out of order, or limbs out of range. Buffers advance by what was read.
   */
  public static final class Builder implements AutoCloseable {

    private final CkksParameters parameters;
    private final NativeResource<EvaluatorContext> context;
    private final KeysHandle handle;
    private final NativeResource<KeysHandle> resource;
    private final Map<Integer, Integer> limbsByStep = new HashMap<>();
    private final Map<Integer, Integer> digitsByStep = new HashMap<>();
    private int publicLimbs;
    private boolean built;

    Builder(CkksParameters parameters, NativeResource<EvaluatorContext> context) {
      this.parameters = parameters;
      this.context = context;
      EvaluatorContext pinned = context.acquire();
      try {
        this.handle = NativeCalls.translated("keys", () -> SealShim.keys_create(pinned));
      } catch (RuntimeException | Error e) {
        context.release();
        throw e;
      }
      this.resource = new NativeResource<>("the key set", handle, SealShim::keys_delete);
    }

    /** Bytes of c₀ of one digit: 8 · (limbs + k) · N, k special primes. */
    public static int digitBytes(CkksParameters parameters, int limbs) {
      return Long.BYTES * parameters.digitWords(limbs);
    }

    /**
     * A rotation key: a seed a digit, and c₀ of all digits, {@code [digit][q₀ … q₍limbs₋₁₎, special
     * primes][coefficient]}.
     */
    public Builder addRotation(int step, int limbs, List<byte[]> seeds, ByteBuffer c0) {
      checkSeeds("addRotation", limbs, seeds);
      for (int digit = 0; digit < seeds.size(); digit++) {
        addRotationDigit(step, limbs, digit, seeds.get(digit), c0);
      }
      return this;
    }

    /** One digit of a rotation key; digits come in order. */
    public Builder addRotationDigit(int step, int limbs, int digit, byte[] seed, ByteBuffer c0) {
      return digit("addRotation", rotation(step), limbs, digit, seed, c0);
    }

    /** A rotation key with c₁ written out: {@code [digit][c₀, c₁][limb][coefficient]}. */
    public Builder addRotationWords(int step, int limbs, ByteBuffer words) {
      int canonical = rotation(step);
      CkksChecks.limbs("addRotation", parameters, limbs);
      for (int digit = 0; digit < parameters.digits(limbs); digit++) {
        begin("addRotation", canonical, limbs, digit);
        int bytes = 2 * digitBytes(parameters, limbs);
        CkksChecks.words("addRotation", words, bytes);
        int index = digit;
        run(
            "addRotation",
            () -> SealShim.keys_add_digit_words(handle, canonical, limbs, index, words.slice()));
        words.position(words.position() + bytes);
        digitsByStep.merge(canonical, 1, Integer::sum);
      }
      return this;
    }

    /** The relinearisation key, in the form of {@link #addRotation}. */
    public Builder addRelinearization(int limbs, List<byte[]> seeds, ByteBuffer c0) {
      checkSeeds("addRelinearization", limbs, seeds);
      for (int digit = 0; digit < seeds.size(); digit++) {
        addRelinearizationDigit(limbs, digit, seeds.get(digit), c0);
      }
      return this;
    }

    /** One digit of the relinearisation key. */
    public Builder addRelinearizationDigit(int limbs, int digit, byte[] seed, ByteBuffer c0) {
      return digit("addRelinearization", RELINEARIZATION, limbs, digit, seed, c0);
    }

    /** The public encryption key: c₀ of {@code limbs} data primes and the special primes. */
    public Builder publicKey(int limbs, byte[] seed, ByteBuffer c0) {
      requireOpen();
      CkksChecks.limbs("publicKey", parameters, limbs);
      if (publicLimbs != 0) {
        throw new CkksException(Kind.SHAPE, "publicKey: the public key was already given");
      }
      int bytes = digitBytes(parameters, limbs);
      checkSeed("publicKey", seed);
      CkksChecks.words("publicKey", c0, bytes);
      run(
          "publicKey",
          () -> SealShim.keys_set_public(handle, limbs, c0.slice(), ByteBuffer.wrap(seed.clone())));
      c0.position(c0.position() + bytes);
      publicLimbs = limbs;
      return this;
    }

    /**
     * The finished key set; the builder is spent.
     *
     * @throws CkksException of kind SHAPE if a key lacks digits
     */
    public SealEvaluationKeys build() {
      requireOpen();
      limbsByStep.forEach(
          (step, limbs) -> {
            int digits = digitsByStep.getOrDefault(step, 0);
            int expected = parameters.digits(limbs);
            if (digits != expected) {
              throw new CkksException(
                  Kind.SHAPE,
                  "keys: the key for step " + step + " has " + digits + " digits of " + expected);
            }
          });
      built = true;
      context.release();
      return new SealEvaluationKeys(this);
    }

    @Override
    public void close() {
      if (!built) {
        built = true;
        context.release();
        resource.close();
      }
    }

    private int rotation(int step) {
      int canonical = CkksChecks.keyStep("addRotation", parameters, step);
      if (canonical == 0) {
        throw new CkksException(Kind.SHAPE, "addRotation: step 0 needs no key");
      }
      return canonical;
    }

    private Builder digit(
        String operation, int step, int limbs, int digit, byte[] seed, ByteBuffer c0) {
      begin(operation, step, limbs, digit);
      checkSeed(operation, seed);
      int bytes = digitBytes(parameters, limbs);
      CkksChecks.words(operation, c0, bytes);
      run(
          operation,
          () ->
              SealShim.keys_add_digit(
                  handle, step, limbs, digit, c0.slice(), ByteBuffer.wrap(seed.clone())));
      c0.position(c0.position() + bytes);
      digitsByStep.merge(step, 1, Integer::sum);
      return this;
    }

    private void begin(String operation, int step, int limbs, int digit) {
      requireOpen();
      CkksChecks.limbs(operation, parameters, limbs);
      int expected = digitsByStep.getOrDefault(step, 0);
      Integer before = limbsByStep.putIfAbsent(step, limbs);
      int digits = parameters.digits(limbs);
      if (digit != expected || digit >= digits || (before != null && before != limbs)) {
        throw new CkksException(
            Kind.SHAPE,
            operation
                + ": digit "
                + digit
                + " of "
                + limbs
                + " limbs for step "
                + step
                + ", expected digit "
                + expected
                + " of a key for "
                + limbsByStep.get(step)
                + " limbs");
      }
    }

    private void checkSeeds(String operation, int limbs, List<byte[]> seeds) {
      CkksChecks.limbs(operation, parameters, limbs);
      int digits = parameters.digits(limbs);
      if (seeds.size() != digits) {
        throw new CkksException(
            Kind.WORDS, operation + ": " + seeds.size() + " seeds, expected " + digits);
      }
    }

    private static void checkSeed(String operation, byte[] seed) {
      if (seed.length != CkksParameters.SEED_BYTES) {
        throw new CkksException(
            Kind.WORDS,
            operation
                + ": a seed of "
                + seed.length
                + " bytes, expected "
                + CkksParameters.SEED_BYTES);
      }
    }

    private void requireOpen() {
      if (built) {
        throw new IllegalStateException("the key builder is spent");
      }
    }

    private static void run(String operation, Runnable call) {
      NativeCalls.translated(
          operation,
          () -> {
            call.run();
            return operation;
          });
    }
  }
}
