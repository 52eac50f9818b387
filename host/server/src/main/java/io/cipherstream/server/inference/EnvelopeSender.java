package io.cipherstream.server.inference;

import io.cipherstream.wire.OwnedBuffer;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.WriteStream;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends envelopes in pieces, and writes the next piece only while the write queue has room, so that
 * a slow reader has only a few pieces queued. One envelope at a time, on the connection's context.
 *
 * <p>Every piece is a copy on the heap. So the connection owns the data it still has to write, and
 * an envelope's memory returns to the pool independently of the connection.
 */
final class EnvelopeSender {

  /** Writes one piece of an envelope. */
  private interface Pieces {
    Future<Void> write(Buffer piece, boolean first, boolean last);
  }

  private final @Nullable WriteStream<?> queue;
  private final BooleanSupplier closed;
  private final Pieces pieces;
  private final Context context;
  private final int pieceBytes;
  private Promise<Void> current = Promise.promise();
  private boolean inEnvelope;
  private boolean aborted;
  private Runnable afterEnvelope = () -> {};

  private EnvelopeSender(
      @Nullable WriteStream<?> queue,
      BooleanSupplier closed,
      Pieces pieces,
      Context context,
      int pieceBytes) {
    this.queue = queue;
    this.closed = closed;
    this.pieces = pieces;
    this.context = context;
    this.pieceBytes = pieceBytes;
  }

  /** Each envelope is a binary message in frames. */
  static EnvelopeSender over(ServerWebSocket socket, Context context, int frameBytes) {
    return new EnvelopeSender(
        socket,
        socket::isClosed,
        (piece, first, last) ->
            socket.writeFrame(
                first
                    ? WebSocketFrame.binaryFrame(piece, last)
                    : WebSocketFrame.continuationFrame(piece, last)),
        context,
        frameBytes);
  }

  /** The envelopes follow one another in the body of a response. */
  static EnvelopeSender over(HttpServerResponse response, Context context, int pieceBytes) {
    return new EnvelopeSender(
        response,
        () -> response.closed() || response.ended(),
        (piece, first, last) -> response.write(piece),
        context,
        pieceBytes);
  }

  /** The envelopes follow one another in memory, which always has room. */
  static EnvelopeSender into(Consumer<Buffer> memory, Context context, int pieceBytes) {
    return new EnvelopeSender(
        null,
        () -> false,
        (piece, first, last) -> {
          memory.accept(piece);
          return Future.succeededFuture();
        },
        context,
        pieceBytes);
  }

  /**
   * Sends {@code envelope} and closes it; completes when its last piece has left and fails with
   * {@link ClientGoneException} if it cannot.
   */
  Future<Void> send(OwnedBuffer envelope) {
    Promise<Void> sent = Promise.promise();
    current = sent;
    if (aborted) {
      sent.fail(new ClientGoneException("sending was given up"));
    } else {
      pump(envelope, 0, sent);
    }
    return sent.future().onComplete(result -> envelope.close());
  }

  /** Gives up: the client has disconnected, or its connection is about to be closed. */
  void abort() {
    aborted = true;
    current.tryFail(new ClientGoneException("sending was given up"));
  }

  /**
   * Runs {@code action} now or, since nothing may come between the pieces of an envelope, when the
   * last piece of the current one is queued. Never runs if the client disconnects first.
   */
  void afterEnvelope(Runnable action) {
    if (inEnvelope) {
      afterEnvelope = action;
    } else {
      action.run();
    }
  }

  private void pump(OwnedBuffer envelope, int from, Promise<Void> sent) {
    int offset = from;
    while (!sent.future().isComplete()) {
      if (closed.getAsBoolean()) {
        sent.fail(new ClientGoneException("the client closed the connection"));
        return;
      }
      if (offset > 0 && queue != null && queue.writeQueueFull()) {
        int next = offset;
        queue.drainHandler(v -> context.runOnContext(w -> pump(envelope, next, sent)));
        return;
      }
      int length = Math.min(pieceBytes, envelope.length() - offset);
      boolean last = offset + length == envelope.length();
      inEnvelope = !last;
      Future<Void> written = pieces.write(copy(envelope, offset, length), offset == 0, last);
      if (last) {
        envelope.close();
        written
            .onSuccess(v -> sent.tryComplete())
            .onFailure(e -> sent.tryFail(new ClientGoneException(String.valueOf(e.getMessage()))));
        afterEnvelope.run();
        return;
      }
      offset += length;
    }
  }

  private static Buffer copy(OwnedBuffer envelope, int offset, int length) {
    byte[] part = new byte[length];
    envelope.bytes().getBytes(offset, part);
    return BufferInternal.buffer(Unpooled.wrappedBuffer(part));
  }
}
