package io.cipherstream.server;

import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.KeySpec;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sends an appliance messages of every kind with changes in them. What an answer must never be: an
 * internal error, a success for a changed envelope whose digest is not right, or none at all.
 */
final class ProtocolFuzzer {

  /** The kinds of messages. */
  enum Kind {
    HEAD,
    SESSION,
    KEY,
    SIGNED_KEY,
    START,
    CIPHERTEXT,
    SIGNED_CIPHERTEXT,
    FRAMES,
    INFER,
    INFER_ENVELOPE,
    SIGNED_INFER_ENVELOPE
  }

  private static final int HEADER_BYTES = 192;
  private static final int DIGEST_BYTES = 32;
  private static final int ANSWER_MILLIS = 60_000;

  private final TestClient client;
  private final Mutator mutator;
  private final KeySpec spec = KeySpec.rotation(-3, 1);
  private final byte[] key;
  private final Map<Kind, Map<String, Integer>> outcomes = new EnumMap<>(Kind.class);

  /**
   * @param client has a session with all its keys
   */
  ProtocolFuzzer(TestClient client, long seed) {
    this.client = client;
    this.mutator = new Mutator(seed);
    this.key = client.keyEnvelope(spec);
  }

  /** What came of the mutations, by kind and answer. */
  String outcomes() {
    return outcomes.toString();
  }

  /** How often that kind was answered in that way. */
  int count(Kind kind, String outcome) {
    return outcomes.getOrDefault(kind, Map.of()).getOrDefault(outcome, 0);
  }

  /**
   * One mutation of that kind.
   *
   * @throws AssertionError if the answer is one that must never be
   */
  void mutate(Kind kind) throws IOException, GeneralSecurityException {
    String outcome =
        switch (kind) {
          case HEAD -> request(true, mutator.change(head("GET", "/v2/models/loopback", 0)));
          case SESSION -> session();
          case KEY -> key(mutator.flip(key, HEADER_BYTES), false);
          case SIGNED_KEY -> key(signed(mutator.overwrite(key, HEADER_BYTES + 64)), true);
          case START -> start();
          case CIPHERTEXT -> ciphertext(false);
          case SIGNED_CIPHERTEXT -> ciphertext(true);
          case FRAMES -> frames();
          case INFER -> infer();
          case INFER_ENVELOPE -> inferEnvelope(false);
          case SIGNED_INFER_ENVELOPE -> inferEnvelope(true);
        };
    if (outcome.contains("500") || outcome.contains("internal")) {
      throw new AssertionError(kind + ": " + outcome);
    }
    outcomes.computeIfAbsent(kind, k -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
  }

  private byte[] head(String method, String path, int length) {
    return (method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + client.apiKey
            + "\r\nContent-Type: "
            + (method.equals("PUT") ? "application/octet-stream" : "application/json")
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Status of the answer to a request.
   *
   * @param ends whether the sender says that nothing more comes, since the head may be cut
   */
  private String request(boolean ends, byte[]... parts) throws IOException {
    try (RawSocket s = RawSocket.connect(client.port)) {
      s.socket.setSoTimeout(ANSWER_MILLIS);
      try {
        for (byte[] part : parts) {
          s.write(part);
        }
        if (ends) {
          s.socket.shutdownOutput();
        }
      } catch (SocketException e) {
        // Closed while it was being sent; what it answered counts.
      }
      String head = s.head();
      return head.isEmpty() ? "closed" : head.split(" ", 3)[1];
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer to " + new String(parts[0], StandardCharsets.ISO_8859_1));
    }
  }

  private String session() throws IOException {
    byte[] good =
        client
            .newSession("loopback")
            .put("modes", new io.vertx.core.json.JsonArray().add("paper"))
            .encode()
            .getBytes(StandardCharsets.UTF_8);
    byte[] bad = mutator.change(good);
    return request(false, head("POST", "/v2/sessions", bad.length), bad);
  }

  private String key(byte[] bad, boolean signed) throws IOException {
    String outcome =
        request(false, head("PUT", client.path() + "/keys/" + spec.label(), bad.length), bad);
    if (outcome.equals("200") && !signed) {
      throw new AssertionError("a changed key was taken");
    }
    if (outcome.equals("200") && !sameHeader(bad, key)) {
      throw new AssertionError("a key with another header was taken");
    }
    return outcome;
  }

  private String start() throws IOException {
    byte[] good =
        new JsonObject()
            .put("type", "start")
            .put("inference", HexFormat.of().formatHex(mutator.bytes(16)))
            .put("mode", "paper")
            .put("tokenClass", 16)
            .put("planDigest", LoopbackModel.DIGEST)
            .encode()
            .getBytes(StandardCharsets.UTF_8);
    try (RawSocket s = RawSocket.open(client, 0)) {
      s.frame(RawSocket.TEXT, mutator.change(good), true);
      return answer(s);
    }
  }

  private String ciphertext(boolean signed) throws IOException, GeneralSecurityException {
    byte[] inference = mutator.bytes(16);
    byte[] good =
        client.ciphertext(
            new EnvelopePosition(inference, -1, 0),
            LoopbackModel.SHAPE,
            mutator.bytes(64),
            client.publicWords.duplicate().limit(2 * 8 * client.parameters.degree()).slice());
    byte[] bad =
        signed
            ? signed(mutator.overwrite(good, HEADER_BYTES + 64))
            : mutator.flip(good, HEADER_BYTES);
    byte[] second =
        client.ciphertext(
            new EnvelopePosition(inference, -1, 1),
            LoopbackModel.SHAPE,
            mutator.bytes(64),
            client.publicWords.duplicate().limit(2 * 8 * client.parameters.degree()).slice());
    try (RawSocket s = RawSocket.open(client, 0)) {
      s.start(inference);
      String accepted = answer(s);
      if (!accepted.equals("accepted")) {
        return accepted;
      }
      try {
        s.binary(bad, bad.length);
        s.binary(second, second.length);
      } catch (SocketException e) {
        // Refused while the second was being sent.
      }
      String outcome = answer(s);
      if (outcome.equals("round") && !signed) {
        throw new AssertionError("a changed ciphertext was computed with");
      }
      if (outcome.equals("round") && !sameHeader(bad, good)) {
        throw new AssertionError("a ciphertext with another header was computed with");
      }
      return outcome;
    }
  }

  private String frames() throws IOException {
    try (RawSocket s = RawSocket.open(client, 0)) {
      s.socket.setSoTimeout(ANSWER_MILLIS);
      try {
        s.write(mutator.bytes(mutator.random.nextInt(2, 300)));
        s.frame(mutator.random.nextInt(16), mutator.bytes(200), mutator.random.nextBoolean());
        s.socket.shutdownOutput();
      } catch (SocketException e) {
        // Closed after the first.
      }
      return "closed " + s.awaitClose();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a socket with malformed frames stays open");
    } catch (IOException e) {
      return "closed";
    }
  }

  /** A request with changes in its head, in its JSON, or in both lengths. */
  private String infer() throws IOException {
    InferCall call = new InferCall(client, mutator.random);
    byte[] json = call.header();
    byte[] bad = mutator.random.nextBoolean() ? mutator.change(json) : json;
    byte[] rest = Arrays.copyOfRange(call.body(), json.length, call.body().length);
    int said =
        mutator.random.nextInt(4) == 0 ? mutator.random.nextInt(2 * bad.length + 1) : bad.length;
    byte[] head = call.head(said, bad.length + rest.length);
    if (mutator.random.nextInt(3) == 0) {
      head = mutator.change(head);
    }
    String outcome = request(true, head, bad, rest);
    boolean same = Arrays.equals(bad, json) && said == json.length;
    if (outcome.equals("200") && !same && !sameMeaning(bad, json)) {
      throw new AssertionError("changed JSON was computed with: " + text(bad));
    }
    return outcome;
  }

  /** White space and escapes change no meaning. */
  private static boolean sameMeaning(byte[] bad, byte[] json) {
    try {
      return new JsonObject(text(bad)).equals(new JsonObject(text(json)));
    } catch (io.vertx.core.json.DecodeException e) {
      return false;
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String inferEnvelope(boolean signed) throws IOException, GeneralSecurityException {
    InferCall call = new InferCall(client, mutator.random);
    int index = mutator.random.nextInt(call.envelopes.size());
    byte[] good = call.envelopes.get(index);
    byte[] bad =
        signed
            ? signed(mutator.overwrite(good, HEADER_BYTES + 64))
            : mutator.flip(good, HEADER_BYTES);
    call.with(index, bad);
    byte[] json = call.header();
    String outcome = request(false, call.head(json.length, call.body().length), call.body());
    if (outcome.equals("200") && !signed) {
      throw new AssertionError("a changed envelope was computed with");
    }
    if (outcome.equals("200") && !sameHeader(bad, good)) {
      throw new AssertionError("an envelope with another header was computed with");
    }
    return outcome;
  }

  /** Type of the next message, or of its problem. */
  private String answer(RawSocket s) throws IOException {
    s.socket.setSoTimeout(ANSWER_MILLIS);
    try {
      RawSocket.Message message = s.receive();
      if (message.opcode() == RawSocket.CLOSE) {
        return "closed " + message.closeCode();
      }
      JsonObject json = message.json();
      JsonObject problem = json.getJsonObject("problem");
      return problem == null ? json.getString("type") : problem.getString("type");
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer over a web socket");
    } catch (EOFException | SocketException e) {
      return "closed";
    }
  }

  private byte[] signed(byte[] envelope) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            HexFormat.of().parseHex(client.session.getString("transportKey")), "HmacSHA256"));
    mac.update(envelope, 0, envelope.length - DIGEST_BYTES);
    System.arraycopy(mac.doFinal(), 0, envelope, envelope.length - DIGEST_BYTES, DIGEST_BYTES);
    return envelope;
  }

  private static boolean sameHeader(byte[] a, byte[] b) {
    return Arrays.equals(a, 0, HEADER_BYTES, b, 0, HEADER_BYTES);
  }
}
