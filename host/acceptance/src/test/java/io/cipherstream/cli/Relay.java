package io.cipherstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Supplier;

/** Stands between clients and an appliance on this machine and passes on what they say. */
final class Relay implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final ServerSocket listener;
  private final int port;
  private final Supplier<Watch> watches;

  /** Sees what the client of one connection sends, on one thread. */
  interface Watch {

    /**
     * Sees bytes before they are passed on, and may change them.
     *
     * @return whether the connection goes on once they are
     */
    boolean passes(byte[] bytes, int length);
  }

  /**
   * @param port the appliance's
   * @param watches gives each connection its own
   */
  Relay(int port, Supplier<Watch> watches) throws IOException {
    this.port = port;
    this.watches = watches;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** On which it listens. */
  int port() {
    return listener.getLocalPort();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket appliance = new Socket(InetAddress.getLoopbackAddress(), port);
        Watch watch = watches.get();
        start(() -> pass(client, appliance, watch));
        start(() -> pass(appliance, client, (bytes, length) -> true));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void pass(Socket from, Socket to, Watch watch) {
    byte[] bytes = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        boolean goesOn = watch.passes(bytes, n);
        out.write(bytes, 0, n);
        if (!goesOn) {
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
