package io.cipherstream.server.inference;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.engine.CiphertextShape;
import io.cipherstream.server.engine.CryptoBackend;
import io.cipherstream.server.session.Session;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Re-randomises a reply and writes its envelope. Blocks; safe for concurrent use. */
final class ReplyEncoder {

  private final Session session;
  private final CryptoBackend backend;
  private final ByteBufAllocator alloc;
  private final EnvelopeWriter writer;

  ReplyEncoder(Session session, CryptoBackend backend, ByteBufAllocator alloc) {
    this.session = session;
    this.backend = backend;
    this.alloc = alloc;
    this.writer = new EnvelopeWriter(session.wire(), WordPacking.BIT_PACKED, alloc);
  }

  /** Closes {@code reply}; the caller owns the envelope. */
  OwnedBuffer encode(
      Ciphertext reply, CiphertextShape shape, EnvelopePosition position, EvaluationKeys keys) {
    try (reply;
        Ciphertext fresh = backend.rerandomize(reply, keys)) {
      check(fresh, shape, position);
      int bytes = Math.toIntExact(Long.BYTES * fresh.words(session.parameters()));
      try (OwnedBuffer words = OwnedBuffer.direct(alloc, bytes)) {
        ByteBuffer view = words.bytes().nioBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
        fresh.copyWordsTo(view);
        view.flip();
        return writer.ciphertext(position, fresh.limbs(), fresh.scale(), view);
      }
    }
  }

  private static void check(Ciphertext reply, CiphertextShape shape, EnvelopePosition position) {
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
