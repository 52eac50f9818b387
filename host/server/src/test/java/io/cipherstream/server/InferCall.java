package io.cipherstream.server;

import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A request to {@code infer} of {@link LoopbackModel}, written by hand as docs/protocol.md says.
 * Tests change its parts before it is sent.
 */
final class InferCall {

  static final String PATH = "/v2/models/loopback/infer";

  final TestClient client;
  final byte[] id = new byte[16];
  final JsonObject json = new JsonObject();
  final List<byte[]> envelopes = new ArrayList<>();
  final List<ByteBuffer> words = new ArrayList<>();
  final Map<String, String> headers = new TreeMap<>();
  String path = PATH;

  /** An answer. */
  record Answer(int status, Map<String, String> headers, byte[] body) {
    /** The problem that it is. */
    JsonObject problem() {
      if (!"application/problem+json".equals(headers.get("content-type"))) {
        throw new AssertionError(status + " " + headers);
      }
      return new JsonObject(new String(body, StandardCharsets.UTF_8));
    }

    /** Last part of the problem's type. */
    String slug() {
      String type = problem().getString("type");
      return type.substring(type.lastIndexOf(':') + 1);
    }

    /** The JSON in front. */
    JsonObject json() {
      int length = Integer.parseInt(headers.get("inference-header-content-length"));
      return new JsonObject(new String(body, 0, length, StandardCharsets.UTF_8));
    }

    /** The tensors behind the JSON, cut as it says. */
    List<byte[]> tensors() {
      int at = Integer.parseInt(headers.get("inference-header-content-length"));
      List<byte[]> tensors = new ArrayList<>();
      for (Object output : json().getJsonArray("outputs")) {
        int bytes =
            ((JsonObject) output).getJsonObject("parameters").getInteger("binary_data_size");
        tensors.add(Arrays.copyOfRange(body, at, at + bytes));
        at += bytes;
      }
      if (at != body.length) {
        throw new AssertionError(body.length + " bytes, " + at + " of them said");
      }
      return tensors;
    }
  }

  /** A good request with random words. */
  InferCall(TestClient client, SplittableRandom random) {
    this.client = client;
    random.nextBytes(id);
    json.put("id", HexFormat.of().formatHex(id));
    json.put(
        "parameters",
        new JsonObject()
            .put("session", client.session.getString("session"))
            .put("mode", "sealed")
            .put("tokenClass", 29)
            .put("planDigest", LoopbackModel.DIGEST));
    for (int i = 0; i < 3; i++) {
      add(i, LoopbackModel.SHAPE);
    }
  }

  /** One more input. */
  void add(int index, CiphertextSpec spec) {
    ByteBuffer own;
    synchronized (client) {
      own = client.words(spec.limbs(), false);
      words.add(own);
      envelopes.add(
          client.ciphertext(new EnvelopePosition(id, -1, index), spec, client.bytes(64), own));
    }
    tensors();
  }

  /** Puts another envelope at an index. */
  InferCall with(int index, byte[] envelope) {
    envelopes.set(index, envelope);
    tensors();
    return this;
  }

  /** Says of the envelopes what they are. */
  void tensors() {
    JsonArray inputs = new JsonArray();
    for (int i = 0; i < envelopes.size(); i++) {
      int bytes = envelopes.get(i).length;
      inputs.add(
          new JsonObject()
              .put("name", "input" + i)
              .put("datatype", "UINT8")
              .put("shape", new JsonArray().add(bytes))
              .put("parameters", new JsonObject().put("binary_data_size", bytes)));
    }
    json.put("inputs", inputs);
  }

  JsonObject input(int index) {
    return json.getJsonArray("inputs").getJsonObject(index);
  }

  JsonObject parameters() {
    return json.getJsonObject("parameters");
  }

  byte[] header() {
    return json.encode().getBytes(StandardCharsets.UTF_8);
  }

  /** Header and envelopes behind one another. */
  byte[] body() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(header());
    envelopes.forEach(body::writeBytes);
    return body.toByteArray();
  }

  /** The head of the request, with {@link #headers} in place of what would be right. */
  byte[] head(int headerBytes, int bodyBytes) {
    Map<String, String> all = new TreeMap<>();
    all.put("Host", "localhost");
    all.put("Authorization", "Bearer " + client.apiKey);
    all.put("Content-Type", "application/octet-stream");
    all.put("Inference-Header-Content-Length", String.valueOf(headerBytes));
    all.put("Content-Length", String.valueOf(bodyBytes));
    all.putAll(headers);
    StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\n");
    all.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            head.append(name).append(": ").append(value).append("\r\n");
          }
        });
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends it on a connection of its own and reads the answer. */
  Answer send() throws IOException {
    return send(header(), body());
  }

  Answer send(byte[] header, byte[] body) throws IOException {
    try (RawSocket socket = RawSocket.connect(client.port)) {
      return send(socket, header, body);
    }
  }

  Answer send(RawSocket socket, byte[] header, byte[] body) throws IOException {
    try {
      socket.write(head(header.length, body.length));
      socket.write(body);
    } catch (SocketException e) {
      // Refused while it was being sent; what was answered counts.
    }
    return receive(socket);
  }

  /** Reads one answer; status 0 if the connection was closed instead. */
  static Answer receive(RawSocket socket) throws IOException {
    String head = socket.head();
    if (head.isEmpty()) {
      return new Answer(0, Map.of(), new byte[0]);
    }
    String[] lines = head.split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(java.util.Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    return new Answer(status, headers, socket.bytes(headers.getOrDefault("content-length", "0")));
  }
}
