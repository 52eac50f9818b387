package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.client.InferenceListener.Message;
import io.cipherstream.trace.Spans;
import io.cipherstream.wire.OwnedBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A blocking view of the WebSocket on which inferences run, one at a time. Counts the bytes of
 * messages both ways. Owned by one thread.
 */
final class InferenceConnection implements AutoCloseable {

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

  private final URI server;
  private final WebSocket socket;
  private final InferenceListener listener;
  private final Duration timeout;
  private final int frameBytesMax;
  private long bytesUp;
  private long bytesDown;

  private InferenceConnection(
      URI server,
      WebSocket socket,
      InferenceListener listener,
      Duration timeout,
      int frameBytesMax) {
    this.server = server;
    this.socket = socket;
    this.listener = listener;
    this.timeout = timeout;
    this.frameBytesMax = frameBytesMax;
  }

  /**
   * Connects to a session's inferences.
   *
   * @throws ServerProblemException if the appliance refuses the upgrade
   */
  static InferenceConnection open(
      ApplianceHttp http, ClientOptions options, SessionRecord session, int binaryBytesMax) {
    URI uri = http.resolve("/v2/sessions/" + session.id() + "/inferences");
    URI ws = URI.create("ws" + uri.toString().substring("http".length()));
    InferenceListener listener = new InferenceListener(ByteBufAllocator.DEFAULT, binaryBytesMax);
    WebSocket.Builder builder =
        http.http().newWebSocketBuilder().connectTimeout(options.connectTimeout());
    options.apiKey().ifPresent(key -> builder.header("Authorization", "Bearer " + key));
    Spans.traceparent().ifPresent(value -> builder.header(Spans.TRACEPARENT, value));
    try {
      WebSocket socket = builder.buildAsync(ws, listener).get();
      return new InferenceConnection(
          options.server(), socket, listener, options.replyTimeout(), session.frameBytesMax());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        throw new ServerProblemException(Problem.ofHandshake(refused.getResponse()));
      }
      throw ApplianceHttp.connectionFailure(options.server(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  long bytesUp() {
    return bytesUp;
  }

  long bytesDown() {
    return bytesDown;
  }

  void send(JsonNode json) {
    String text = json.toString();
    bytesUp += text.getBytes(StandardCharsets.UTF_8).length;
    await(socket.sendText(text, true));
  }

  /**
   * Sends one envelope in frames of at most the appliance's limit, and closes it. The socket gets
   * copies, since it may still read a frame after this call has given up.
   */
  void send(OwnedBuffer envelope) {
    try (envelope) {
      ByteBuf bytes = envelope.bytes();
      bytesUp += bytes.readableBytes();
      while (bytes.isReadable()) {
        byte[] frame = new byte[Math.min(frameBytesMax, bytes.readableBytes())];
        bytes.readBytes(frame);
        await(socket.sendBinary(ByteBuffer.wrap(frame), !bytes.isReadable()));
      }
    }
  }

  /**
   * The next JSON message.
   *
   * @throws ServerProblemException if it is a refusal
   */
  JsonNode receiveJson() {
    Message message = receive();
    if (message instanceof Message.Text text) {
      return text.json();
    }
    ((Message.Binary) message).envelope().close();
    throw new ClientException(Kind.PROTOCOL, "the appliance sent an envelope where JSON was due");
  }

  /** The next envelope, which the caller owns. */
  OwnedBuffer receiveEnvelope() {
    Message message = receive();
    if (message instanceof Message.Binary binary) {
      return binary.envelope();
    }
    throw new ClientException(
        Kind.PROTOCOL,
        "the appliance sent JSON where an envelope was due: " + ((Message.Text) message).json());
  }

  private Message receive() {
    try {
      Message message = listener.poll(timeout);
      if (message == null) {
        throw new ClientException(
            Kind.TIMEOUT, server + " sent nothing for " + timeout.toSeconds() + " s");
      }
      if (message instanceof Message.Closed closed) {
        throw new ClientException(
            Kind.UNREACHABLE,
            "the appliance closed the connection in the middle of an inference (status "
                + closed.status()
                + (closed.reason().isEmpty() ? "" : ", " + closed.reason())
                + ")");
      }
      if (message instanceof Message.Failed failed) {
        throw ApplianceHttp.connectionFailure(server, failed.cause());
      }
      socket.request(1);
      count(message);
      return message;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void count(Message message) {
    if (message instanceof Message.Binary binary) {
      bytesDown += binary.envelope().length();
    } else if (message instanceof Message.Text text) {
      bytesDown += text.json().toString().getBytes(StandardCharsets.UTF_8).length;
      if (text.json().path("type").asText().equals("error")) {
        JsonNode problem = text.json().path("problem");
        throw new ServerProblemException(Problem.of(problem, problem.path("status").asInt(500)));
      }
    }
  }

  private void await(CompletableFuture<WebSocket> sent) {
    try {
      sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw whyRefused(e);
    } catch (TimeoutException e) {
      throw new ClientException(
          Kind.TIMEOUT, server + " took nothing for " + timeout.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** An appliance that refuses says why and closes; what it said explains a failed write better. */
  private RuntimeException whyRefused(ExecutionException failedWrite) {
    try {
      for (Message m = listener.poll(CLOSE_WAIT);
          m != null && !(m instanceof Message.Closed);
          m = listener.poll(CLOSE_WAIT)) {
        if (m instanceof Message.Binary binary) {
          binary.envelope().close();
        } else if (m instanceof Message.Text) {
          count(m);
        } else {
          break;
        }
        socket.request(1);
      }
    } catch (ServerProblemException refusal) {
      return refusal;
    } catch (InterruptedException e) {
      return interrupted(e);
    }
    return ApplianceHttp.connectionFailure(server, failedWrite);
  }

  private static ClientException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ClientException(Kind.LOCAL, "interrupted during an inference", e);
  }

  @Override
  public void close() {
    try {
      socket
          .sendClose(WebSocket.NORMAL_CLOSURE, "")
          .get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The connection is gone or stuck; abort below frees it either way.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.abort();
    listener.discard();
  }
}
