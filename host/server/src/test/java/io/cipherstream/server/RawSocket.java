package io.cipherstream.server;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A WebSocket client byte by byte over a blocking socket, so that tests can break off anywhere,
 * send frames that no library sends, and read as slowly as they like.
 */
final class RawSocket implements AutoCloseable {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  private static final int MESSAGE_BYTES_MAX = 1 << 26;

  final Socket socket;

  /** Whether {@link #receive} answers pings. */
  boolean answersPings = true;

  private final DataInputStream in;

  /** A whole message; {@code opcode} is TEXT, BINARY or CLOSE. */
  record Message(int opcode, byte[] bytes) {
    JsonObject json() {
      return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Code of a close message; 1005 if it has none. */
    int closeCode() {
      return bytes.length < 2 ? 1005 : ByteBuffer.wrap(bytes).getShort() & 0xffff;
    }
  }

  /**
   * @param receiveBytes size of the kernel's receive buffer; 0 for its own choice
   */
  private RawSocket(int port, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** A connection on which nothing was sent. */
  static RawSocket connect(int port) throws IOException {
    return new RawSocket(port, 0);
  }

  /** The same with a small receive buffer in the kernel, which fills when nothing is read. */
  static RawSocket connect(int port, int receiveBytes) throws IOException {
    return new RawSocket(port, receiveBytes);
  }

  /** An open inference socket. */
  static RawSocket open(TestClient client, int receiveBytes) throws IOException {
    RawSocket raw = new RawSocket(client.port, receiveBytes);
    String head =
        raw.exchange(
            "GET "
                + client.path()
                + "/inferences HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + client.apiKey
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: "
                + Base64.getEncoder().encodeToString(new byte[16])
                + "\r\n\r\n");
    if (!head.startsWith("HTTP/1.1 101 ")) {
      raw.close();
      throw new IOException(head);
    }
    return raw;
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Sends a request as it is and returns the head of the answer. */
  String exchange(String request) throws IOException {
    write(request.getBytes(StandardCharsets.ISO_8859_1));
    return head();
  }

  /** The head of an answer up to the empty line; "" if the connection was closed instead. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    try {
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        head.append((char) next);
      }
    } catch (SocketException e) {
      return "";
    }
    return head.toString();
  }

  /** The body that {@code head} announces by its Content-Length. */
  String body(String head) throws IOException {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        byte[] body = new byte[Integer.parseInt(line.substring(line.indexOf(':') + 1).strip())];
        in.readFully(body);
        return new String(body, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /** The next bytes of a body. */
  byte[] bytes(String length) throws IOException {
    byte[] body = new byte[Integer.parseInt(length)];
    in.readFully(body);
    return body;
  }

  /** One frame, masked with zeros. */
  void frame(int opcode, byte[] data, boolean last) throws IOException {
    frame(opcode, data, 0, data.length, last);
  }

  private void frame(int opcode, byte[] data, int from, int length, boolean last)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(14 + length);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    if (length < 126) {
      frame.put((byte) (0x80 | length));
    } else if (length < 65536) {
      frame.put((byte) (0x80 | 126)).putShort((short) length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(length);
    }
    frame.putInt(0).put(data, from, length);
    socket.getOutputStream().write(frame.array(), 0, frame.position());
  }

  void text(JsonObject message) throws IOException {
    frame(TEXT, message.encode().getBytes(StandardCharsets.UTF_8), true);
  }

  /** The start of an inference of {@link LoopbackModel}. */
  void start(byte[] inference) throws IOException {
    text(
        new JsonObject()
            .put("type", "start")
            .put("inference", HexFormat.of().formatHex(inference))
            .put("mode", "paper")
            .put("tokenClass", 16)
            .put("planDigest", LoopbackModel.DIGEST));
  }

  /** A binary message, or only its first {@code bytes} bytes, in frames of at most 60 000. */
  void binary(byte[] data, int bytes) throws IOException {
    for (int from = 0; from < bytes; from += 60_000) {
      int length = Math.min(60_000, bytes - from);
      frame(from == 0 ? BINARY : 0, data, from, length, from + length == data.length);
    }
  }

  /** The next message; answers pings. */
  Message receive() throws IOException {
    byte[] message = new byte[0];
    int opcode = 0;
    while (true) {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      if (length < 0 || message.length + length > MESSAGE_BYTES_MAX) {
        throw new IOException("a frame of " + length + " bytes");
      }
      byte[] data = new byte[(int) length];
      in.readFully(data);
      switch (first & 0xf) {
        case PING -> {
          if (answersPings) {
            frame(PONG, data, true);
          }
        }
        case PONG -> {}
        case CLOSE -> {
          return new Message(CLOSE, data);
        }
        default -> {
          if ((first & 0xf) != 0) {
            opcode = first & 0xf;
          }
          byte[] joined = Arrays.copyOf(message, message.length + data.length);
          System.arraycopy(data, 0, joined, message.length, data.length);
          message = joined;
          if ((first & 0x80) != 0) {
            return new Message(opcode, message);
          }
        }
      }
    }
  }

  /** Reads until the connection ends. */
  void awaitEnd() throws IOException {
    try {
      while (in.read() >= 0) {
        // What comes before the end is not looked at.
      }
    } catch (SocketException e) {
      // A reset is an end, too.
    }
  }

  /** Sends a byte every 100 ms until the server closes; false if all were sent before. */
  boolean dripUntilClosed(String text) throws IOException {
    socket.setSoTimeout(100);
    for (byte next : text.getBytes(StandardCharsets.ISO_8859_1)) {
      try {
        socket.getOutputStream().write(next);
        if (in.read() < 0) {
          return true;
        }
      } catch (SocketTimeoutException e) {
        // Still open.
      } catch (SocketException e) {
        return true;
      }
    }
    return false;
  }

  /** Reads until the server closes; the close code, or 0 if it closed without a close frame. */
  int awaitClose() throws IOException {
    try {
      while (true) {
        Message message = receive();
        if (message.opcode() == CLOSE) {
          return message.closeCode();
        }
      }
    } catch (EOFException | SocketException e) {
      return 0;
    }
  }

  /** Closes without sending anything more than TCP does. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Closes with a reset: what is on its way is lost. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
