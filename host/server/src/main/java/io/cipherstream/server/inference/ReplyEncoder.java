package io.cipherstream.server.inference;

import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.serving.CryptoBackend;
import io.cipherstream.server.session.Session;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;

/**
 * Re-randomises a reply, floods it with noise if it is a sealed answer, and writes its envelope.
 * Blocks; safe for concurrent use.
 */
final class ReplyEncoder {

  private final CryptoBackend backend;
  private final boolean flooded;
  private final boolean apart;
  private final EnvelopeWriter writer;
  private final ServerMetrics metrics;

  /**
   * @param flooded whether replies are sealed answers
   * @param apart whether each slot of them is a value of its own
   */
  ReplyEncoder(
      Session session,
      CryptoBackend backend,
      boolean flooded,
      boolean apart,
      ByteBufAllocator alloc,
      ServerMetrics metrics) {
    this.metrics = metrics;
    this.backend = backend;
    this.flooded = flooded;
    this.apart = apart;
    this.writer = new EnvelopeWriter(session.wire(), WordPacking.BIT_PACKED, alloc);
  }

  /** Closes {@code reply}; the caller owns the envelope. */
  OwnedBuffer encode(
      HostCiphertext reply, CiphertextSpec shape, EnvelopePosition position, EvaluationKeys keys) {
    long started = System.nanoTime();
    try (reply) {
      check(reply.form(), shape, position);
      backend.rerandomize(reply, keys);
      if (flooded) {
        backend.flood(reply, apart);
      }
      OwnedBuffer envelope =
          writer.ciphertext(position, shape.limbs(), shape.scale(), reply.words());
      metrics.message("encode", Duration.ofNanos(System.nanoTime() - started));
      return envelope;
    }
  }

  private static void check(CiphertextForm reply, CiphertextSpec shape, EnvelopePosition position) {
    if (reply.size() != 2 || reply.limbs() != shape.limbs() || reply.scale() != shape.scale()) {
      throw new IllegalStateException(
          position
              + ": computed size "
              + reply.size()
              + ", "
              + reply.limbs()
              + " limbs, scale "
              + reply.scale()
              + "; the plan says "
              + shape);
    }
  }
}
