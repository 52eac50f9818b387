package io.cipherstream.server.inference;

import io.netty.buffer.ByteBuf;
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
 */
final class FrameSender {

  private final ServerWebSocket socket;
  private final Context context;
  private final int frameBytes;
  private Promise<Void> current = Promise.promise();

  FrameSender(ServerWebSocket socket, Context context, int frameBytes) {
    this.socket = socket;
    this.context = context;
    this.frameBytes = frameBytes;
  }

  /** Sends and releases {@code message}; completes when its last frame has left. */
  Future<Void> send(ByteBuf message) {
    Promise<Void> sent = Promise.promise();
    current = sent;
    pump(message, 0, sent);
    return sent.future().onComplete(result -> message.release());
  }

  /** Gives up the message in progress, whose reader has gone or is too slow. */
  void abort() {
    current.tryFail("sending was given up");
  }

  private void pump(ByteBuf message, int from, Promise<Void> sent) {
    int offset = from;
    while (!socket.isClosed() && !sent.future().isComplete()) {
      if (offset > 0 && socket.writeQueueFull()) {
        int next = offset;
        socket.drainHandler(v -> context.runOnContext(w -> pump(message, next, sent)));
        return;
      }
      int length = Math.min(frameBytes, message.readableBytes() - offset);
      boolean last = offset + length == message.readableBytes();
      Buffer part = BufferInternal.buffer(message.slice(offset, length));
      Future<Void> written =
          socket.writeFrame(
              offset == 0
                  ? WebSocketFrame.binaryFrame(part, last)
                  : WebSocketFrame.continuationFrame(part, last));
      if (last) {
        written.onSuccess(v -> sent.tryComplete()).onFailure(sent::tryFail);
        return;
      }
      offset += length;
    }
    sent.tryFail("the client closed the connection");
  }
}
