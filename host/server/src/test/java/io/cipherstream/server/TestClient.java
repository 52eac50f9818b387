package io.cipherstream.server;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.Modulus;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.cipherstream.wire.EnvelopeWriter;
import io.cipherstream.wire.KeyDigits;
import io.cipherstream.wire.KeyFingerprint;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.OwnedBuffer;
import io.cipherstream.wire.WireSession;
import io.cipherstream.wire.WordPacking;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A client without secrets: valid words, real envelopes, plain HTTP unless told otherwise. */
final class TestClient {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  static final BodyPublisher NOTHING = BodyPublishers.noBody();

  private final HttpClient http;
  private final String scheme;
  final Vertx vertx;
  final int port;
  final String apiKey;
  final SplittableRandom random = new SplittableRandom(7);
  CkksParameters parameters = LoopbackModel.PARAMETERS;
  byte[] publicSeed = bytes(64);
  ByteBuffer publicWords = words(parameters.dataLimbs(), true);
  JsonObject session = new JsonObject();
  WireSession wire;

  TestClient(Vertx vertx, int port, String apiKey) {
    this(vertx, port, apiKey, HTTP, "http");
  }

  TestClient(Vertx vertx, int port, String apiKey, HttpClient http, String scheme) {
    this.http = http;
    this.scheme = scheme;
    this.vertx = vertx;
    this.port = port;
    this.apiKey = apiKey;
  }

  URI uri(String path) {
    return URI.create(scheme + "://127.0.0.1:" + port + path);
  }

  /**
   * @param headers names and values in turn, beside those that every request has
   */
  HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri(path))
              .method(method, body)
              .setHeader("Authorization", "Bearer " + apiKey)
              .setHeader(
                  "Content-Type",
                  method.equals("PUT") ? "application/octet-stream" : "application/json");
      for (int i = 0; i < headers.length; i += 2) {
        request.setHeader(headers[i], headers[i + 1]);
      }
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  HttpResponse<String> post(String path, JsonObject body, String... headers) {
    return send("POST", path, BodyPublishers.ofString(body.encode()), headers);
  }

  JsonObject newSession(String model) {
    byte[] fingerprint = KeyFingerprint.of(parameters, publicSeed, publicWords);
    return new JsonObject()
        .put("model", model)
        .put("parametersDigest", parameters.digestHex())
        .put("keyFingerprint", HexFormat.of().formatHex(fingerprint));
  }

  void useParameters(CkksParameters set) {
    parameters = set;
    publicSeed = bytes(64);
    publicWords = words(set.dataLimbs(), true);
  }

  TestClient createSession(String model) {
    return createSession(newSession(model));
  }

  TestClient createSession(JsonObject body) {
    HttpResponse<String> made = post("/v2/sessions", body);
    if (made.statusCode() != 201) {
      throw new AssertionError(made.body());
    }
    adopt(new JsonObject(made.body()));
    return this;
  }

  /** Uses a session that another client made. */
  void adopt(JsonObject made) {
    session = made;
    HexFormat hex = HexFormat.of();
    wire =
        new WireSession(
            parameters,
            hex.parseHex(session.getString("session")),
            hex.parseHex(session.getString("keyFingerprint")),
            hex.parseHex(session.getString("transportKey")));
  }

  String path() {
    return "/v2/sessions/" + session.getString("session");
  }

  List<KeySpec> requiredKeys() {
    JsonObject required = session.getJsonObject("requiredKeys");
    List<KeySpec> all = new ArrayList<>();
    all.add(KeySpec.publicKey(parameters));
    if (required.getInteger("relinearization") != null) {
      all.add(KeySpec.relinearization(required.getInteger("relinearization")));
    }
    for (Object rotation : required.getJsonArray("rotations")) {
      JsonObject r = (JsonObject) rotation;
      all.add(KeySpec.rotation(r.getInteger("step"), r.getInteger("limbs")));
    }
    return all;
  }

  byte[] keyEnvelope(KeySpec spec) {
    return bytes(writer().key(spec, digits(spec)).toBuffer());
  }

  /** A valid envelope for a place. */
  byte[] ciphertext(EnvelopePosition place, CiphertextSpec shape, byte[] seed, ByteBuffer c0Words) {
    return bytes(writer().seededCiphertext(place, shape.limbs(), shape.scale(), seed, c0Words));
  }

  /** The keyed digest that an envelope of this session must end with. */
  byte[] digest(byte[] envelope) {
    try {
      byte[] key = HexFormat.of().parseHex(session.getString("transportKey"));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(envelope, 0, envelope.length - 32);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The same array, its digest made right. */
  byte[] signed(byte[] envelope) {
    System.arraycopy(digest(envelope), 0, envelope, envelope.length - 32, 32);
    return envelope;
  }

  private EnvelopeWriter writer() {
    return new EnvelopeWriter(wire, WordPacking.BIT_PACKED, PooledByteBufAllocator.DEFAULT);
  }

  static byte[] bytes(OwnedBuffer owned) {
    try (owned) {
      return ByteBufUtil.getBytes(owned.bytes());
    }
  }

  KeyDigits digits(KeySpec spec) {
    boolean own = spec.label().equals("public");
    ByteBuffer shared = own ? publicWords : words(spec.limbs(), true);
    return new KeyDigits() {
      @Override
      public byte[] seed(int digit) {
        return own ? publicSeed : bytes(64);
      }

      @Override
      public ByteBuffer c0Words(int digit) {
        return shared;
      }
    };
  }

  HttpResponse<String> putKey(KeySpec spec) {
    return putKey(spec.label(), keyEnvelope(spec));
  }

  HttpResponse<String> putKey(String label, byte[] envelope) {
    return send("PUT", path() + "/keys/" + label, BodyPublishers.ofByteArray(envelope));
  }

  TestClient uploadKeys() {
    for (KeySpec spec : requiredKeys()) {
      HttpResponse<String> put = putKey(spec);
      if (put.statusCode() != 200) {
        throw new AssertionError(put.body());
      }
    }
    return this;
  }

  TestSocket socket() {
    return new TestSocket(this);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  ByteBuffer words(int limbs, boolean withSpecialPrime) {
    List<Modulus> moduli = new ArrayList<>(parameters.dataPrimes().subList(0, limbs));
    if (withSpecialPrime) {
      moduli.addAll(parameters.specialPrimes());
    }
    ByteBuffer words =
        ByteBuffer.allocateDirect(8 * parameters.degree() * moduli.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (Modulus q : moduli) {
      for (int k = 0; k < parameters.degree(); k++) {
        words.putLong(random.nextLong(q.value()));
      }
    }
    return words.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
