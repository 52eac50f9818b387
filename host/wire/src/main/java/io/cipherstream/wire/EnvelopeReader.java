package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Parses the ciphertext envelopes of one session. Thread-safe.
 *
 * <p>Order of checks: header, identity (parameters, session, key pair), position, level, scale,
 * lengths, keyed digest, and only then memory is allocated and words are read. The message buffer
 * is read from its reader to its writer index, is not changed and stays the caller's.
 */
public final class EnvelopeReader {

  private final WireSession session;
  private final ByteBufAllocator alloc;

  /**
   * @param alloc where the direct buffers of the results come from
   */
  public EnvelopeReader(WireSession session, ByteBufAllocator alloc) {
    this.session = session;
    this.alloc = alloc;
  }

  /**
   * Reads a fresh encryption, c₀ with the seed of c₁.
   *
   * @throws WireException of the kind that says what differs from the expected envelope
   */
  public WireCiphertext seededCiphertext(
      ByteBuf message, EnvelopePosition expected, int limbs, double scale) {
    return read(message, EnvelopeKind.CIPHERTEXT_SEEDED, expected, limbs, scale);
  }

  /**
   * Reads a whole ciphertext, c₀ and c₁.
   *
   * @throws WireException of the kind that says what differs from the expected envelope
   */
  public WireCiphertext ciphertext(
      ByteBuf message, EnvelopePosition expected, int limbs, double scale) {
    return read(message, EnvelopeKind.CIPHERTEXT, expected, limbs, scale);
  }

  /**
   * Looks at a header only, to say of an envelope that came when none was due whether it had been
   * sent before.
   *
   * @param start at least the first {@value EnvelopeHeader#BYTES} bytes of the envelope
   * @param next the place that will be due next
   * @return what is wrong with it, as far as a header shows it; {@link
   *     WireException.Kind#OUT_OF_ORDER} if the place itself is {@code next}
   */
  public WireException notDue(ByteBuf start, EnvelopePosition next) {
    try {
      EnvelopeHeader header = EnvelopeHeader.read(start, start.readerIndex());
      EnvelopeChecks.identity(header, session);
      next.check(header.position());
    } catch (WireException e) {
      return e;
    }
    return new WireException(
        WireException.Kind.OUT_OF_ORDER, "position", "nothing yet", next.toString());
  }

  private WireCiphertext read(
      ByteBuf message, EnvelopeKind kind, EnvelopePosition expected, int limbs, double scale) {
    CkksParameters parameters = session.parameters();
    EnvelopeChecks.limbs(parameters, limbs);
    int start = message.readerIndex();
    EnvelopeHeader header = EnvelopeHeader.read(message, start);
    EnvelopeChecks.identity(header, session);
    EnvelopeChecks.ciphertext(header, kind, expected, limbs, scale);
    PolynomialCodec codec =
        new PolynomialCodec(
            EnvelopeSizes.moduli(parameters, limbs, false), parameters.degree(), header.packing());
    int seedBytes = kind.seeded() ? CkksParameters.SEED_BYTES : 0;
    int payload = seedBytes + kind.polynomials() * codec.payloadBytes();
    EnvelopeChecks.payload(header, payload, message.readableBytes() - EnvelopeHeader.BYTES);
    verify(message, start, payload);
    int index = start + EnvelopeHeader.BYTES;
    byte[] seed = null;
    if (kind.seeded()) {
      seed = new byte[seedBytes];
      message.getBytes(index, seed);
    }
    return words(message, index + seedBytes, codec, header, seed);
  }

  private void verify(ByteBuf message, int start, int payload) {
    EnvelopeMac mac = new EnvelopeMac(session);
    int covered = EnvelopeHeader.BYTES + payload;
    mac.update(message, start, covered);
    byte[] received = new byte[EnvelopeMac.BYTES];
    message.getBytes(start + covered, received);
    mac.verify(received);
  }

  private WireCiphertext words(
      ByteBuf message,
      int index,
      PolynomialCodec codec,
      EnvelopeHeader header,
      byte @Nullable [] seed) {
    int polynomials = header.kind().polynomials();
    int bytes = Math.multiplyExact(polynomials, codec.wordBytes());
    // A seed is expanded behind c₀, in the same memory.
    int room = header.kind().seeded() ? Math.multiplyExact(2, bytes) : bytes;
    OwnedBuffer memory = OwnedBuffer.direct(alloc, room);
    try {
      ByteBuf words = memory.bytes();
      var target = words.nioBuffer(0, bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
      for (int p = 0; p < polynomials; p++) {
        codec.read(
            message, index + p * codec.payloadBytes(), target, p * codec.wordBytes(), p, alloc);
      }
      words.writerIndex(bytes);
      return new WireCiphertext(polynomials, header.limbs(), header.scale(), seed, memory);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }
}
