package io.cipherstream.client;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededKey;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.KeyDigits;
import io.cipherstream.wire.KeyFingerprint;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireCiphertext;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** The secret key in use. Safe for concurrent use. */
final class ClientKeys implements AutoCloseable {

  private final CkksParameters parameters;
  private final SealClient seal;

  private ClientKeys(CkksParameters parameters, SealClient seal) {
    this.parameters = parameters;
    this.seal = seal;
  }

  /** The key in that file, or under a passphrase beside it, which is made on first use. */
  static ClientKeys open(Path file, CkksParameters parameters, Optional<KeyPassphrase> passphrase) {
    return new ClientKeys(parameters, SecretKeyFile.open(file, parameters, passphrase));
  }

  CkksParameters parameters() {
    return parameters;
  }

  /** Names the secret key in this client's own files; never sent. */
  String secretKeyId() {
    return SecretKeyFile.id(seal);
  }

  /** A new public key. Each session gets its own, so that sessions cannot be linked by it. */
  PublicKey publicKey() {
    SeededKey key = seal.publicKey();
    byte[] fingerprint = KeyFingerprint.of(parameters, key.seeds().get(0), key.c0().duplicate());
    return new PublicKey(fingerprint, new Digits(key));
  }

  /** The relinearisation key (step 0) or the key of a rotation step. */
  KeyDigits switchingKey(int step, int limbs) {
    return new Digits(step == 0 ? seal.relinearizationKey(limbs) : seal.rotationKey(step, limbs));
  }

  /**
   * Slots of a ciphertext of two polynomials; whatever its content, this gives N/2 numbers.
   *
   * @param complex for N numbers, real parts first
   */
  double[] decrypt(WireCiphertext ciphertext, boolean complex) {
    ByteBuffer words = ciphertext.words();
    int size = ciphertext.polynomials();
    return complex
        ? seal.decryptComplex(words, size, ciphertext.limbs(), ciphertext.scale())
        : seal.decrypt(words, size, ciphertext.limbs(), ciphertext.scale());
  }

  /** A fresh seeded encryption in its envelope, which the caller owns. */
  OwnedBuffer encrypt(
      EnvelopeWriter writer, EnvelopePosition position, double[] slots, CiphertextSpec spec) {
    int bytes = Long.BYTES * spec.limbs() * parameters.degree();
    try (OwnedBuffer words = OwnedBuffer.direct(PooledByteBufAllocator.DEFAULT, bytes)) {
      ByteBuffer c0 = words.bytes().nioBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      byte[] seed = seal.encryptSeeded(slots, spec.limbs(), spec.scale(), c0);
      return writer.seededCiphertext(position, spec.limbs(), spec.scale(), seed, c0.flip());
    } catch (CkksException e) {
      throw new ClientException(Kind.LOCAL, "encryption failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    seal.close();
  }

  /**
   * A public key on its way to the appliance.
   *
   * @param fingerprint names the key pair in every message of the session
   */
  @SuppressWarnings("ArrayRecordComponent") // a holder on its way to the wire, never compared
  record PublicKey(byte[] fingerprint, KeyDigits digits) {}

  /** Digit j of a key: limbs + k polynomials of N words, one after the other. */
  private final class Digits implements KeyDigits {
    private final SeededKey key;
    private final int digitBytes;

    Digits(SeededKey key) {
      this.key = key;
      this.digitBytes = Long.BYTES * parameters.digitWords(key.limbs());
    }

    @Override
    public byte[] seed(int digit) {
      return key.seeds().get(digit);
    }

    @Override
    public ByteBuffer c0Words(int digit) {
      return key.c0()
          .duplicate()
          .position(digit * digitBytes)
          .limit((digit + 1) * digitBytes)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
