package io.cipherstream.server.inference;

import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.OwnedBuffer;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Sends the ciphertexts of one round in order. A few are encoded ahead on worker threads while the
 * previous one is being sent. The rest wait, so memory stays bounded whatever the client reads.
 *
 * <p>An envelope belongs to the future that makes it until that future leaves {@link #ahead}, then
 * to the envelope sender. Envelopes left in {@link #ahead} at the end were never sent. On one
 * context.
 */
final class ReplySender {

  /** Envelopes encoded ahead of the one being sent. */
  static final int AHEAD = 3;

  private final FairPool pool;
  private final String tenant;
  private final ReplyEncoder encoder;
  private final EnvelopeSender envelopes;
  private final EvaluationKeys keys;
  private final byte[] inference;
  private final int round;
  private final List<HostCiphertext> replies;
  private final List<CiphertextSpec> shapes;
  private final BeforeSending beforeSending;
  private final Queue<Future<OwnedBuffer>> ahead = new ArrayDeque<>();
  private int begun;
  private int sent;
  private boolean stopped;

  /** Told of each envelope before it is sent. */
  interface BeforeSending {
    /**
     * @param remaining envelopes of this round after it
     */
    void envelope(int bytes, int remaining);
  }

  /**
   * @param pool encodes, in turn with other tenants
   * @param replies owned by this sender
   * @param beforeSending told of each envelope before it is sent
   */
  ReplySender(
      FairPool pool,
      String tenant,
      ReplyEncoder encoder,
      EnvelopeSender envelopes,
      EvaluationKeys keys,
      byte[] inference,
      int round,
      List<HostCiphertext> replies,
      List<CiphertextSpec> shapes,
      BeforeSending beforeSending) {
    this.pool = pool;
    this.tenant = tenant;
    this.encoder = encoder;
    this.envelopes = envelopes;
    this.keys = keys;
    this.inference = inference;
    this.round = round;
    this.replies = List.copyOf(replies);
    this.shapes = shapes;
    this.beforeSending = beforeSending;
  }

  /** Sends all; whatever happens, every reply is closed before the future completes. */
  Future<Void> sendAll() {
    if (replies.size() != shapes.size()) {
      replies.forEach(HostCiphertext::close);
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

  /** Sends no further envelope; the current one is sent to its end. */
  void stop() {
    stopped = true;
  }

  private Future<Void> sendFrom(int index) {
    if (index == replies.size()) {
      return Future.succeededFuture();
    }
    while (begun < Math.min(replies.size(), index + 1 + AHEAD)) {
      ahead.add(encode(begun));
      begun++;
    }
    return ahead.remove().compose(this::send).compose(sent -> sendFrom(index + 1));
  }

  private Future<Void> send(OwnedBuffer encoded) {
    try (OwnedBuffer envelope = encoded) {
      if (stopped) {
        return Future.failedFuture(new ClientGoneException("sending was stopped"));
      }
      sent++;
      beforeSending.envelope(envelope.length(), replies.size() - sent);
      return envelopes.send(envelope.take());
    }
  }

  private Future<OwnedBuffer> encode(int index) {
    HostCiphertext reply = replies.get(index);
    EnvelopePosition position = new EnvelopePosition(inference, round, index);
    return pool.run(tenant, () -> encoder.encode(reply, shapes.get(index), position, keys));
  }

  /**
   * After the end: closes replies that were not encoded, and envelopes that were encoded in vain.
   */
  private Future<Void> discardRest() {
    replies.subList(begun, replies.size()).forEach(HostCiphertext::close);
    List<Future<OwnedBuffer>> unsent = List.copyOf(ahead);
    unsent.forEach(envelope -> envelope.onSuccess(OwnedBuffer::close));
    return Future.join(unsent).<Void>mapEmpty().otherwiseEmpty();
  }
}
