package io.cipherstream.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Stands between a client and an appliance on plain HTTP and keeps all that the client sends. It
 * does not let them agree on HTTP/2, whose compressed heads nobody could search.
 */
final class Eavesdropper implements AutoCloseable {

  private final ServerSocket listener;
  private final int port;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  Eavesdropper(URI appliance) throws IOException {
    this.port = appliance.getPort();
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** What was sent since the last call. */
  byte[] heard() {
    synchronized (heard) {
      byte[] all = heard.toByteArray();
      heard.reset();
      return all;
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "eavesdropper");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket appliance = new Socket(InetAddress.getLoopbackAddress(), port);
        start(() -> pass(client, appliance, true));
        start(() -> pass(appliance, client, false));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket from, Socket to, boolean keep) {
    byte[] bytes = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        if (keep) {
          withoutHttp2(bytes, n);
          synchronized (heard) {
            heard.write(bytes, 0, n);
          }
        }
        out.write(bytes, 0, n);
      }
    } catch (IOException e) {
      // One side has closed.
    }
  }

  private static void withoutHttp2(byte[] bytes, int length) {
    int at = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).indexOf("Upgrade: h2c");
    if (at >= 0) {
      bytes[at + "Upgrade: h".length()] = '0';
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
