package io.cipherstream.wire;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.Modulus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A session with random words, seeds and ids, all from one printed seed. */
final class WireFixture {

  static final ByteBufAllocator ALLOC = PooledByteBufAllocator.DEFAULT;
  static final double SCALE = 0x1.8p37;

  final CkksParameters parameters;
  final RandomGenerator random;
  final byte[] sessionId;
  final byte[] fingerprint;
  final byte[] transportKey;
  final byte[] inference;
  final WireSession session;

  WireFixture(CkksParameters parameters, long seed) {
    this.parameters = parameters;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.sessionId = bytes(WireSession.SESSION_ID_BYTES);
    this.fingerprint = bytes(WireSession.FINGERPRINT_BYTES);
    this.transportKey = bytes(WireSession.TRANSPORT_KEY_BYTES);
    this.inference = bytes(EnvelopePosition.INFERENCE_ID_BYTES);
    this.session = new WireSession(parameters, sessionId, fingerprint, transportKey);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  EnvelopePosition at(int round, int index) {
    return new EnvelopePosition(inference, round, index);
  }

  EnvelopeWriter writer(WordPacking packing) {
    return new EnvelopeWriter(session, packing, ALLOC);
  }

  EnvelopeReader reader() {
    return new EnvelopeReader(session, ALLOC);
  }

  /** Random residues of {@code polynomials} polynomials; a few are 0 and q − 1. */
  ByteBuffer words(int polynomials, List<Modulus> moduli) {
    int degree = parameters.degree();
    ByteBuffer words =
        ByteBuffer.allocateDirect(Long.BYTES * polynomials * moduli.size() * degree)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int p = 0; p < polynomials; p++) {
      for (Modulus q : moduli) {
        for (int k = 0; k < degree; k++) {
          words.putLong(
              switch (k % 61) {
                case 7 -> 0L;
                case 11 -> q.value() - 1;
                default -> random.nextLong(q.value());
              });
        }
      }
    }
    return words.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  ByteBuffer words(int polynomials, int limbs) {
    return words(polynomials, EnvelopeSizes.moduli(parameters, limbs, false));
  }

  ByteBuf seeded(int round, int index, int limbs, WordPacking packing) {
    return copied(
        writer(packing)
            .seededCiphertext(at(round, index), limbs, SCALE, bytes(64), words(1, limbs)));
  }

  /** The bytes as a buffer that the test changes and releases itself. */
  static ByteBuf copied(OwnedBuffer owned) {
    try (owned) {
      return ALLOC.directBuffer().writeBytes(owned.bytes().slice());
    }
  }

  /** Writes the keyed digest anew, as a sender that knows the transport key could. */
  ByteBuf resign(ByteBuf envelope) {
    int covered = envelope.readableBytes() - EnvelopeMac.BYTES;
    EnvelopeMac mac = new EnvelopeMac(session);
    mac.update(envelope, envelope.readerIndex(), covered);
    return envelope.setBytes(envelope.readerIndex() + covered, mac.finish());
  }
}
