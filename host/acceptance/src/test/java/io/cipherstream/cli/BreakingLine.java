package io.cipherstream.cli;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bad line between a client and an appliance: each of the first connections breaks after so many
 * bytes to the appliance. What comes after them holds.
 */
final class BreakingLine implements AutoCloseable {

  private final Relay relay;
  private final String scheme;
  private final int bytes;
  private final AtomicInteger left;

  /**
   * @param breaks number of connections that break
   * @param bytes after which they do
   */
  BreakingLine(URI appliance, int breaks, int bytes) throws IOException {
    this.scheme = appliance.getScheme();
    this.bytes = bytes;
    this.left = new AtomicInteger(breaks);
    this.relay = new Relay(appliance.getPort(), this::watch);
  }

  URI url() {
    return URI.create(scheme + "://127.0.0.1:" + relay.port());
  }

  /** Connections that are still to break. */
  int left() {
    return left.get();
  }

  private Relay.Watch watch() {
    return new Relay.Watch() {
      private long passed;

      @Override
      public boolean passes(byte[] data, int length) {
        passed += length;
        return passed <= bytes || left.getAndUpdate(l -> Math.max(0, l - 1)) == 0;
      }
    };
  }

  @Override
  public void close() throws IOException {
    relay.close();
  }
}
