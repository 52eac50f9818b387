package io.cipherstream.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.wire.OwnedBuffer;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Assembles frames into messages. After a complete message it requests no more until that one has
 * been taken, so that a slow client slows the appliance down instead of filling memory.
 */
final class InferenceListener implements WebSocket.Listener {

  /** One whole message, or the end, of a connection. */
  sealed interface Message {

    /** A JSON message. */
    record Text(JsonNode json) implements Message {}

    /** One envelope; whoever takes the message owns the buffer. */
    record Binary(OwnedBuffer envelope) implements Message {}

    /** The appliance closed the connection. */
    record Closed(int status, String reason) implements Message {}

    /** The connection broke, or a message was longer than allowed. */
    record Failed(Throwable cause) implements Message {}
  }

  /** Longest JSON message. */
  static final int TEXT_CHARS_MAX = 1 << 16;

  private final ByteBufAllocator alloc;
  private final int binaryBytesMax;
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private @Nullable OwnedBuffer binary;
  private boolean finished;

  /**
   * @param binaryBytesMax longest envelope of any round of the plan
   */
  InferenceListener(ByteBufAllocator alloc, int binaryBytesMax) {
    this.alloc = alloc;
    this.binaryBytesMax = binaryBytesMax;
  }

  /**
   * The next message, or null if none arrived in time. The caller itself requests the one after it.
   */
  @Nullable Message poll(Duration timeout) throws InterruptedException {
    return messages.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpen(WebSocket socket) {
    socket.request(1);
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onText(
      WebSocket socket, CharSequence data, boolean last) {
    if (text.length() + data.length() > TEXT_CHARS_MAX) {
      fail(socket, "a JSON message of more than " + TEXT_CHARS_MAX + " characters");
      return null;
    }
    text.append(data);
    if (!last) {
      socket.request(1);
      return null;
    }
    String whole = text.toString();
    text.setLength(0);
    try {
      messages.add(new Message.Text(ApplianceHttp.JSON.readTree(whole)));
    } catch (JsonProcessingException e) {
      fail(socket, "a text message that is not JSON");
    }
    return null;
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onBinary(
      WebSocket socket, ByteBuffer data, boolean last) {
    if (finished) {
      return null;
    }
    OwnedBuffer buffer = binary;
    if (buffer == null) {
      buffer =
          OwnedBuffer.direct(
              alloc, Math.min(binaryBytesMax, Math.max(1, data.remaining())), binaryBytesMax);
      binary = buffer;
    }
    if (buffer.length() + data.remaining() > binaryBytesMax) {
      fail(socket, "an envelope of more than " + binaryBytesMax + " bytes");
      return null;
    }
    buffer.bytes().writeBytes(data);
    if (last) {
      binary = null;
      messages.add(new Message.Binary(buffer.take()));
    } else {
      socket.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    messages.add(new Message.Closed(status, reason));
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    messages.add(new Message.Failed(error));
  }

  private void fail(WebSocket socket, String what) {
    messages.add(new Message.Failed(new IOException("the appliance sent " + what)));
    socket.abort();
  }

  /** Frees messages that were not taken. */
  synchronized void discard() {
    finished = true;
    if (binary != null) {
      binary.close();
      binary = null;
    }
    for (Message m = messages.poll(); m != null; m = messages.poll()) {
      if (m instanceof Message.Binary b) {
        b.envelope().close();
      }
    }
  }
}
