package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.KeyRequirements;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;

/**
 * Finds or makes the session of one model and mode: a kept one if the server still knows it, else a
 * new one with freshly made public keys.
 *
 * <p>The client computes by itself which keys the plans need. A server that asks for others gets
 * none: every further key would let it compute more on the client's ciphertexts.
 */
final class SessionOpener {

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final ModelDescription model;
  private final InferenceMode mode;
  private final KeyRequirements requirements;
  private final ClientKeys keys;
  private final Path file;

  SessionOpener(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription model,
      InferenceMode mode,
      KeyRequirements requirements,
      ClientKeys keys) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.model = model;
    this.mode = mode;
    this.requirements = requirements;
    this.keys = keys;
    this.file =
        options
            .home()
            .resolve("sessions")
            .resolve(options.profile())
            .resolve(model.name() + "-" + mode.label() + ".json");
  }

  /** A session and how many key bytes its making sent. */
  record Opened(SessionRecord session, long keyBytes) {}

  /** The kept session if it is still good, else a new one. */
  Opened open() {
    Optional<SessionRecord> kept = SessionRecord.read(file).filter(this::stillGood);
    return kept.map(session -> new Opened(session, 0)).orElseGet(this::create);
  }

  private boolean stillGood(SessionRecord kept) {
    if (!kept.packageDigest().equals(model.packageDigest())
        || !kept.parametersDigest().equals(keys.parameters().digestHex())
        || !kept.secretKeyId().equals(keys.secretKeyId())) {
      close(kept);
      return false;
    }
    try {
      JsonNode answer = http.get("/v2/sessions/" + kept.id());
      return answer.path("ready").asBoolean(false)
          && answer.path("keyFingerprint").asText().equals(kept.keyFingerprint());
    } catch (ServerProblemException e) {
      if (e.problem().status() == 404 || e.problem().status() == 410) {
        return false;
      }
      throw e;
    }
  }

  /** A new session with all keys uploaded. */
  Opened create() {
    ClientKeys.PublicKey publicKey = keys.publicKey();
    ObjectNode request = ApplianceHttp.JSON.createObjectNode();
    request.put("model", model.name());
    request.put("parametersDigest", keys.parameters().digestHex());
    request.put("keyFingerprint", HexFormat.of().formatHex(publicKey.fingerprint()));
    request.putArray("modes").add(mode.label());
    JsonNode answer = http.post("/v2/sessions", request);
    SessionRecord session = SessionRecord.of(answer).withSecretKey(keys.secretKeyId());
    try {
      checkAnswer(answer, session, publicKey);
      KeyUpload upload =
          new KeyUpload(http, options, workers, session, keys, PooledByteBufAllocator.DEFAULT);
      long bytes = upload.run(publicKey, requirements);
      session.write(file);
      return new Opened(session, bytes);
    } catch (RuntimeException e) {
      forget(session, e);
      throw e;
    }
  }

  private void checkAnswer(JsonNode answer, SessionRecord session, ClientKeys.PublicKey publicKey) {
    if (!session.keyFingerprint().equals(HexFormat.of().formatHex(publicKey.fingerprint()))
        || !session.parametersDigest().equals(keys.parameters().digestHex())) {
      throw new ClientException(
          Kind.PROTOCOL, "the server opened a session for other keys or parameters; closed it");
    }
    JsonNode required = answer.path("requiredKeys");
    TreeMap<Integer, Integer> steps = new TreeMap<>();
    for (JsonNode rotation : required.path("rotations")) {
      steps.put(rotation.path("step").asInt(), rotation.path("limbs").asInt());
    }
    int relinearization = required.path("relinearization").asInt(0);
    if (!steps.equals(requirements.rotationLimbs())
        || relinearization != requirements.relinearizationLimbs()) {
      throw new ClientException(
          Kind.PROTOCOL,
          "the server asks for other keys than the model's plan needs: "
              + steps.size()
              + " rotation keys and relinearisation at "
              + relinearization
              + " limbs, computed here "
              + requirements.rotationLimbs().size()
              + " and "
              + requirements.relinearizationLimbs()
              + "; no key was sent");
    }
  }

  /** A session that will not be used again would hold its keys on the server until it expires. */
  private void close(SessionRecord useless) {
    try {
      http.delete("/v2/sessions/" + useless.id());
    } catch (ServerProblemException e) {
      options.progress().progress("a session of another key or model was left to expire", 0, 0);
    }
  }

  private void forget(SessionRecord session, RuntimeException cause) {
    try {
      http.delete("/v2/sessions/" + session.id());
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
