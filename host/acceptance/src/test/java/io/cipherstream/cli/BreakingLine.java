package io.cipherstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bad line between a client and an appliance: each of the first connections breaks after so many
 * bytes to the appliance. What comes after them holds.
 */
final class BreakingLine implements AutoCloseable {

  private final ServerSocket listener;
  private final URI appliance;
  private final int bytes;
  private final AtomicInteger left;

  /**
   * @param breaks number of connections that break
   * @param bytes after which they do
   */
  BreakingLine(URI appliance, int breaks, int bytes) throws IOException {
    this.appliance = appliance;
    this.bytes = bytes;
    this.left = new AtomicInteger(breaks);
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  URI url() {
    return URI.create(appliance.getScheme() + "://127.0.0.1:" + listener.getLocalPort());
  }

  /** Connections that are still to break. */
  int left() {
    return left.get();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "breaking-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), appliance.getPort());
        start(() -> pass(client, server, true));
        start(() -> pass(server, client, false));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket from, Socket to, boolean up) {
    byte[] buffer = new byte[1 << 14];
    long passed = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passed += n;
        out.write(buffer, 0, n);
        if (up && passed > bytes && left.getAndUpdate(l -> Math.max(0, l - 1)) > 0) {
          return;
        }
      }
    } catch (IOException e) {
      // One side has closed.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
