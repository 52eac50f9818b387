package io.cipherstream.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Stands between a client and an appliance on plain HTTP and keeps all that the client sends. It
 * does not let them agree on HTTP/2, whose compressed heads nobody could search.
 */
final class Eavesdropper implements AutoCloseable {

  private final Relay relay;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  Eavesdropper(URI appliance) throws IOException {
    this.relay = new Relay(appliance.getPort(), () -> this::hear);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + relay.port());
  }

  /** What was sent since the last call. */
  byte[] heard() {
    synchronized (heard) {
      byte[] all = heard.toByteArray();
      heard.reset();
      return all;
    }
  }

  private boolean hear(byte[] bytes, int length) {
    withoutHttp2(bytes, length);
    synchronized (heard) {
      heard.write(bytes, 0, length);
    }
    return true;
  }

  private static void withoutHttp2(byte[] bytes, int length) {
    int at = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).indexOf("Upgrade: h2c");
    if (at >= 0) {
      bytes[at + "Upgrade: h".length()] = '0';
    }
  }

  @Override
  public void close() throws IOException {
    relay.close();
  }
}
