package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes envelopes of one session. Words are read from direct buffers, position to limit, {@code
 * [polynomial][limb][coefficient]}, 64-bit little endian; buffers given are not changed. The caller
 * owns what is returned. Thread-safe.
 *
 * <p>Every method throws {@link IllegalArgumentException} if a word is not below its modulus or a
 * length is not the one that the parameters give.
 */
public final class EnvelopeWriter {

  private final WireSession session;
  private final WordPacking packing;
  private final ByteBufAllocator alloc;

  public EnvelopeWriter(WireSession session, WordPacking packing, ByteBufAllocator alloc) {
    this.session = session;
    this.packing = packing;
    this.alloc = alloc;
  }

  /** A fresh symmetric encryption: c₀ and the 64-byte seed of c₁. */
  public OwnedBuffer seededCiphertext(
      EnvelopePosition position, int limbs, double scale, byte[] seed, ByteBuffer c0Words) {
    return write(EnvelopeKind.CIPHERTEXT_SEEDED, position, limbs, scale, seed, c0Words);
  }

  /** A ciphertext of size 2: c₀ and c₁. */
  public OwnedBuffer ciphertext(
      EnvelopePosition position, int limbs, double scale, ByteBuffer words) {
    return write(EnvelopeKind.CIPHERTEXT, position, limbs, scale, null, words);
  }

  /** A key; {@code digits} is asked for each digit of {@code spec} in order. */
  public KeyPieces key(KeySpec spec, KeyDigits digits) {
    CkksParameters parameters = session.parameters();
    PolynomialCodec codec =
        new PolynomialCodec(
            EnvelopeSizes.moduli(parameters, spec.limbs(), true), parameters.degree(), packing);
    EnvelopeHeader header =
        header(
            spec.kind(),
            spec.limbs(),
            spec.digits(parameters),
            spec.step(),
            EnvelopePosition.KEY,
            0.0,
            EnvelopeSizes.keyPayload(parameters, spec, packing));
    return new KeyPieces(header, codec, digits, new EnvelopeMac(session), alloc);
  }

  /** The public key: c₀ over all data primes and the special primes, and the seed of c₁. */
  public KeyPieces publicKey(byte[] seed, ByteBuffer c0Words) {
    return key(
        KeySpec.publicKey(session.parameters()),
        new KeyDigits() {
          @Override
          public byte[] seed(int digit) {
            return seed;
          }

          @Override
          public ByteBuffer c0Words(int digit) {
            return c0Words;
          }
        });
  }

  private OwnedBuffer write(
      EnvelopeKind kind,
      EnvelopePosition position,
      int limbs,
      double scale,
      byte @Nullable [] seed,
      ByteBuffer words) {
    if (!Double.isFinite(scale) || scale <= 0) {
      throw new IllegalArgumentException(
          "scale to send: expected a finite positive number, received " + scale);
    }
    CkksParameters parameters = session.parameters();
    PolynomialCodec codec =
        new PolynomialCodec(
            EnvelopeSizes.moduli(parameters, limbs, false), parameters.degree(), packing);
    Checked.words(words, Math.multiplyExact(kind.polynomials(), codec.wordBytes()));
    int payload =
        (seed == null ? 0 : Checked.seed(seed).length) + kind.polynomials() * codec.payloadBytes();
    int length = EnvelopeSizes.OVERHEAD_BYTES + payload;
    OwnedBuffer envelope = OwnedBuffer.direct(alloc, length);
    try {
      var out = envelope.bytes();
      header(kind, limbs, 0, 0, position, scale, payload).writeTo(out);
      if (seed != null) {
        out.writeBytes(seed);
      }
      for (int p = 0; p < kind.polynomials(); p++) {
        codec.write(words, words.position() + p * codec.wordBytes(), out);
      }
      EnvelopeMac mac = new EnvelopeMac(session);
      mac.update(out, 0, out.writerIndex());
      out.writeBytes(mac.finish());
      return envelope;
    } catch (RuntimeException | Error e) {
      envelope.close();
      throw e;
    }
  }

  private EnvelopeHeader header(
      EnvelopeKind kind,
      int limbs,
      int digits,
      int step,
      EnvelopePosition position,
      double scale,
      long payload) {
    return new EnvelopeHeader(
        kind,
        packing,
        kind.polynomials(),
        limbs,
        digits,
        step,
        position,
        scale,
        payload,
        session.sessionId(),
        session.parameters().digest(),
        session.keyFingerprint());
  }
}
