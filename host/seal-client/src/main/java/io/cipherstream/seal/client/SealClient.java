package io.cipherstream.seal.client;

import io.cipherstream.ckks.CkksChecks;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.NativeResource;
import io.cipherstream.ring.Modulus;
import io.cipherstream.seal.client.jni.ClientHandle;
import io.cipherstream.seal.client.jni.ClientShim;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A secret key and what is done with it: encryption, decryption, public keys. Safe for concurrent
 * use. The secret lives in native memory that is wiped when the object is closed.
 *
 * <p>Randomness comes from the operating system's generator through SEAL. Errors are {@link
 * CkksException}s that say what came and what was expected.
 */
public final class SealClient implements AutoCloseable {

  private final CkksParameters parameters;
  private final NativeResource<ClientHandle> resource;

  private SealClient(CkksParameters parameters, @Nullable ByteBuffer secret) {
    this.parameters = parameters;
    ClientHandle handle =
        translated(
            "secret key",
            () ->
                ClientShim.client_create(
                    parameters.degree(),
                    java.nio.LongBuffer.wrap(primes(parameters)),
                    parameters.ring().moduli().size(),
                    parameters.specialPrimes().size(),
                    parameters.insecure(),
                    secret));
    this.resource = new NativeResource<>("the client", handle, ClientShim::client_delete);
  }

  /** Draws a new ternary secret key. */
  public static SealClient generate(CkksParameters parameters) {
    return new SealClient(parameters, null);
  }

  /**
   * Takes a secret key from words that {@link #copySecretKeyTo} wrote; the buffer advances.
   *
   * @throws CkksException of kind WORDS if a word is not below its prime, bytes are missing, or the
   *     words are not those of one ternary polynomial
   */
  public static SealClient fromSecretKey(CkksParameters parameters, ByteBuffer words) {
    int bytes = Long.BYTES * secretKeyWords(parameters);
    CkksChecks.words("secret key", words, bytes);
    SealClient client = new SealClient(parameters, words.slice());
    words.position(words.position() + bytes);
    return client;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  /** Words of the secret key: N for every data prime and every special prime, NTT form. */
  public int secretKeyWords() {
    return secretKeyWords(parameters);
  }

  /** Words of a secret key under a parameter set: (L + k) · N, k special primes. */
  public static int secretKeyWords(CkksParameters parameters) {
    return parameters.digitWords(parameters.dataLimbs());
  }

  /** Copies the secret key's words into a direct buffer at its position and advances it. */
  public void copySecretKeyTo(ByteBuffer destination) {
    int bytes = Long.BYTES * secretKeyWords();
    CkksChecks.destination("secret key", destination, bytes);
    run("secret key", handle -> ClientShim.client_copy_secret(handle, destination.slice()));
    destination.position(destination.position() + bytes);
  }

  /**
   * Encrypts at most N/2 real slots, or N/2 complex ones given as N values, real parts first, with
   * the secret key; half the bytes of a full ciphertext.
   */
  public SeededCiphertext encryptSeeded(double[] slots, int limbs, double scale) {
    CkksChecks.limbs("encrypt", parameters, limbs);
    ByteBuffer c0 = allocate(limbs);
    byte[] seed = encryptSeeded(slots, limbs, scale, c0);
    return new SeededCiphertext(limbs, scale, seed, c0.flip());
  }

  /**
   * Encrypts into a direct buffer of the caller: limbs · N words of c₀ at its position, which
   * advances.
   *
   * @return the seed of c₁
   */
  public byte[] encryptSeeded(double[] slots, int limbs, double scale, ByteBuffer c0) {
    double[] values = checked(slots, limbs, scale);
    int bytes = Long.BYTES * limbs * parameters.degree();
    CkksChecks.destination("encrypt", c0, bytes);
    byte[] seed = new byte[CkksParameters.SEED_BYTES];
    run(
        "encrypt",
        handle ->
            ClientShim.client_encrypt_seeded(
                handle,
                DoubleBuffer.wrap(values),
                values.length,
                limbs,
                scale,
                c0.slice(),
                ByteBuffer.wrap(seed)));
    c0.position(c0.position() + bytes);
    return seed;
  }

  /** Encrypts with the public key. */
  public EncryptedWords encryptPublic(double[] slots, int limbs, double scale) {
    double[] values = checked(slots, limbs, scale);
    ByteBuffer words = allocate(2 * limbs);
    run(
        "encrypt",
        handle ->
            ClientShim.client_encrypt_public(
                handle, DoubleBuffer.wrap(values), values.length, limbs, scale, words));
    return new EncryptedWords(2, limbs, scale, words);
  }

  /**
   * Decrypts and decodes a ciphertext of words {@code [poly][limb][coefficient]} in a direct
   * buffer, which advances.
   *
   * @return the real parts of N/2 slots
   * @throws CkksException for a size other than 2 or 3, wrong limbs, a scale that does not fit, too
   *     few bytes, or a word that is not below its prime
   */
  public double[] decrypt(ByteBuffer words, int size, int limbs, double scale) {
    return decrypt(words, size, limbs, scale, parameters.slots());
  }

  /** As the other; N values, the real parts of N/2 slots and then their imaginary parts. */
  public double[] decryptComplex(ByteBuffer words, int size, int limbs, double scale) {
    return decrypt(words, size, limbs, scale, 2 * parameters.slots());
  }

  private double[] decrypt(ByteBuffer words, int size, int limbs, double scale, int count) {
    if (size != 2 && size != 3) {
      throw new CkksException(Kind.SHAPE, "decrypt: " + size + " polynomials, expected 2 or 3");
    }
    CkksChecks.limbs("decrypt", parameters, limbs);
    CkksChecks.scale("decrypt", parameters, limbs, scale);
    int bytes = Long.BYTES * size * limbs * parameters.degree();
    CkksChecks.words("decrypt", words, bytes);
    double[] slots = new double[count];
    run(
        "decrypt",
        handle ->
            ClientShim.client_decrypt(
                handle, words.slice(), size, limbs, scale, DoubleBuffer.wrap(slots), count));
    words.position(words.position() + bytes);
    return slots;
  }

  /**
   * A rotation key for ciphertexts of at most {@code limbs} limbs; that of step N/2 serves complex
   * conjugation.
   */
  public SeededKey rotationKey(int step, int limbs) {
    int canonical = CkksChecks.keyStep("rotationKey", parameters, step);
    if (canonical == 0) {
      throw new CkksException(Kind.SHAPE, "rotationKey: step 0 needs no key");
    }
    return switchingKey("rotationKey", step, canonical, limbs);
  }

  /** The relinearisation key for ciphertexts of at most {@code limbs} limbs. */
  public SeededKey relinearizationKey(int limbs) {
    return switchingKey("relinearizationKey", 0, 0, limbs);
  }

  /** The public encryption key for all limbs. */
  public SeededKey publicKey() {
    return publicKey(parameters.dataLimbs());
  }

  /** A public encryption key for ciphertexts of at most {@code limbs} limbs. */
  public SeededKey publicKey(int limbs) {
    CkksChecks.limbs("publicKey", parameters, limbs);
    ByteBuffer c0 = allocate(limbs + parameters.specialPrimes().size());
    byte[] seed = new byte[CkksParameters.SEED_BYTES];
    run(
        "publicKey",
        handle -> ClientShim.client_public_key(handle, limbs, c0, ByteBuffer.wrap(seed)));
    return new SeededKey(0, limbs, List.of(seed), c0);
  }

  /**
   * The words of c₁ that the seed of one digit of a key for {@code limbs} limbs stands for, {@code
   * [q₀ … q₍limbs₋₁₎, special primes][coefficient]}, in a direct buffer; for peers that cannot
   * expand seeds.
   */
  public ByteBuffer expandKeySeed(byte[] seed, int limbs) {
    CkksChecks.limbs("expandKeySeed", parameters, limbs);
    if (seed.length != CkksParameters.SEED_BYTES) {
      throw new CkksException(
          Kind.WORDS, "a seed of " + seed.length + " bytes, expected " + CkksParameters.SEED_BYTES);
    }
    ByteBuffer words = allocate(limbs + parameters.specialPrimes().size());
    run(
        "expandKeySeed",
        handle ->
            ClientShim.client_expand_key_seed(handle, ByteBuffer.wrap(seed.clone()), limbs, words));
    return words;
  }

  /** Native clients that are not yet closed. */
  public static long liveObjects() {
    return ClientShim.client_live_objects();
  }

  /** Wipes the secret key. Calls in progress finish first. */
  @Override
  public void close() {
    resource.close();
  }

  private SeededKey switchingKey(String operation, int step, int canonical, int limbs) {
    CkksChecks.limbs(operation, parameters, limbs);
    int digits = parameters.digits(limbs);
    ByteBuffer c0 = allocate(digits * (limbs + parameters.specialPrimes().size()));
    byte[] seeds = new byte[digits * CkksParameters.SEED_BYTES];
    run(
        operation,
        handle ->
            ClientShim.client_switching_key(handle, canonical, limbs, c0, ByteBuffer.wrap(seeds)));
    List<byte[]> separate = new ArrayList<>(digits);
    for (int digit = 0; digit < digits; digit++) {
      separate.add(
          java.util.Arrays.copyOfRange(
              seeds, digit * CkksParameters.SEED_BYTES, (digit + 1) * CkksParameters.SEED_BYTES));
    }
    return new SeededKey(step, limbs, List.copyOf(separate), c0);
  }

  private double[] checked(double[] slots, int limbs, double scale) {
    CkksChecks.limbs("encrypt", parameters, limbs);
    CkksChecks.scale("encrypt", parameters, limbs, scale);
    CkksChecks.slotsOrComplex("encrypt", parameters, slots, limbs, scale);
    return slots.length == 0 ? new double[1] : slots;
  }

  private ByteBuffer allocate(int polynomialLimbs) {
    return ByteBuffer.allocateDirect(Long.BYTES * polynomialLimbs * parameters.degree())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long[] primes(CkksParameters parameters) {
    return parameters.ring().moduli().stream().mapToLong(Modulus::value).toArray();
  }

  private void run(String operation, Consumer<ClientHandle> call) {
    this.<String>call(
        operation,
        handle -> {
          call.accept(handle);
          return operation;
        });
  }

  /** Runs a native call with the handle kept alive; the package's tests use it for references. */
  <T> T call(String operation, Function<ClientHandle, T> call) {
    ClientHandle handle = resource.acquire();
    try {
      return translated(operation, () -> call.apply(handle));
    } finally {
      resource.release();
    }
  }

  private static <T> T translated(String operation, java.util.function.Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw CkksException.ofNative(operation, e);
    }
  }
}
