package io.cipherstream.server.inference;

import io.cipherstream.wire.OwnedBuffer;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Sends envelopes as WebSocket messages in frames, and writes the next frame only while the
 * socket's write queue has room: what is queued for a slow reader is a few frames. One message at a
 * time, on the socket's context.
 *
 * <p>Every frame is a copy on the heap. What the socket still has to write is therefore its own,
 * and an envelope's memory goes back to the pool without asking how far the socket has got.
 */
final class FrameSender {

  private final ServerWebSocket socket;
  private final Context context;
  private final int frameBytes;
  private Promise<Void> current = Promise.promise();
  private boolean inMessage;
  private boolean aborted;
  private Runnable afterMessage = () -> {};

  FrameSender(ServerWebSocket socket, Context context, int frameBytes) {
    this.socket = socket;
    this.context = context;
    this.frameBytes = frameBytes;
  }

  /**
   * Sends {@code message} and closes it; completes when its last frame has left and fails with
   * {@link ClientGoneException} if it cannot.
   */
  Future<Void> send(OwnedBuffer message) {
    Promise<Void> sent = Promise.promise();
    current = sent;
    if (aborted) {
      sent.fail(new ClientGoneException("sending was given up"));
    } else {
      pump(message, 0, sent);
    }
    return sent.future().onComplete(result -> message.close());
  }

  /** Gives up for good: the client has gone, or its connection is about to be closed. */
  void abort() {
    aborted = true;
    current.tryFail(new ClientGoneException("sending was given up"));
  }

  /**
   * Runs {@code action} now, or once the last frame of a message in progress is queued, since
   * nothing but control frames may come between its frames. Never runs if the client goes first.
   */
  void afterMessage(Runnable action) {
    if (inMessage) {
      afterMessage = action;
    } else {
      action.run();
    }
  }

  private void pump(OwnedBuffer message, int from, Promise<Void> sent) {
    int offset = from;
    while (!sent.future().isComplete()) {
      if (socket.isClosed()) {
        sent.fail(new ClientGoneException("the client closed the connection"));
        return;
      }
      if (offset > 0 && socket.writeQueueFull()) {
        int next = offset;
        socket.drainHandler(v -> context.runOnContext(w -> pump(message, next, sent)));
        return;
      }
      int length = Math.min(frameBytes, message.length() - offset);
      boolean last = offset + length == message.length();
      Buffer part = copy(message, offset, length);
      inMessage = !last;
      Future<Void> written =
          socket.writeFrame(
              offset == 0
                  ? WebSocketFrame.binaryFrame(part, last)
                  : WebSocketFrame.continuationFrame(part, last));
      if (last) {
        message.close();
        written
            .onSuccess(v -> sent.tryComplete())
            .onFailure(e -> sent.tryFail(new ClientGoneException(String.valueOf(e.getMessage()))));
        afterMessage.run();
        return;
      }
      offset += length;
    }
  }

  private static Buffer copy(OwnedBuffer message, int offset, int length) {
    byte[] part = new byte[length];
    message.bytes().getBytes(offset, part);
    return BufferInternal.buffer(Unpooled.wrappedBuffer(part));
  }
}
