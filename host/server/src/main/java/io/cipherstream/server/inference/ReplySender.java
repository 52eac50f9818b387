package io.cipherstream.server.inference;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.server.engine.CiphertextShape;
import io.cipherstream.wire.EnvelopePosition;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Sends the ciphertexts of one round in order. A few are encoded ahead on worker threads while the
 * one before is on its way; the rest wait, so memory stays bounded whatever the client reads.
 */
final class ReplySender {

  /** Envelopes encoded ahead of the one being sent. */
  static final int AHEAD = 3;

  private final Context context;
  private final ReplyEncoder encoder;
  private final FrameSender frames;
  private final EvaluationKeys keys;
  private final byte[] inference;
  private final int round;
  private final List<Ciphertext> replies;
  private final List<CiphertextShape> shapes;
  private final IntConsumer sentBytes;
  private final List<Future<ByteBuf>> encoded = new ArrayList<>();

  /**
   * @param replies owned by this sender
   * @param sentBytes told the length of each envelope before it is sent
   */
  ReplySender(
      Context context,
      ReplyEncoder encoder,
      FrameSender frames,
      EvaluationKeys keys,
      byte[] inference,
      int round,
      List<Ciphertext> replies,
      List<CiphertextShape> shapes,
      IntConsumer sentBytes) {
    this.context = context;
    this.encoder = encoder;
    this.frames = frames;
    this.keys = keys;
    this.inference = inference;
    this.round = round;
    this.replies = List.copyOf(replies);
    this.shapes = shapes;
    this.sentBytes = sentBytes;
  }

  /** Sends all; whatever happens, every reply is closed before the future completes. */
  Future<Void> sendAll() {
    if (replies.size() != shapes.size()) {
      replies.forEach(Ciphertext::close);
      return Future.failedFuture(
          new IllegalStateException(
              "round "
                  + round
                  + ": "
                  + replies.size()
                  + " replies, the plan says "
                  + shapes.size()));
    }
    return sendFrom(0).eventually(this::discardRest);
  }

  private Future<Void> sendFrom(int index) {
    if (index == replies.size()) {
      return Future.succeededFuture();
    }
    while (encoded.size() < Math.min(replies.size(), index + 1 + AHEAD)) {
      encoded.add(encode(encoded.size()));
    }
    return encoded
        .get(index)
        .compose(
            envelope -> {
              sentBytes.accept(envelope.readableBytes());
              return frames.send(envelope);
            })
        .compose(sent -> sendFrom(index + 1));
  }

  private Future<ByteBuf> encode(int index) {
    Ciphertext reply = replies.get(index);
    EnvelopePosition position = new EnvelopePosition(inference, round, index);
    return context.executeBlocking(
        () -> encoder.encode(reply, shapes.get(index), position, keys), false);
  }

  /** After the end: closes what was not encoded and releases what was encoded in vain. */
  private Future<Void> discardRest() {
    for (int i = encoded.size(); i < replies.size(); i++) {
      replies.get(i).close();
    }
    List<Future<ByteBuf>> last = List.copyOf(encoded);
    return Future.join(last)
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .onComplete(
            all ->
                last.forEach(
                    future -> {
                      ByteBuf envelope = future.result();
                      if (envelope != null && envelope.refCnt() > 0) {
                        envelope.release();
                      }
                    }));
  }
}
