package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.wire.KeySpec;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * Finds or makes the session of one model and its modes: a stored one if the appliance still knows
 * it, whose lost keys are sent again, else a new one with freshly made public keys.
 *
 * <p>The client itself computes which keys the plans need. An appliance that asks for others gets
 * none, since every further key would let it compute more on the client's ciphertexts.
 */
final class SessionOpener {

  private final ApplianceHttp http;
  private final ClientOptions options;
  private final ExecutorService workers;
  private final ModelDescription model;
  private final List<String> modes;
  private final List<Integer> tokenClasses;
  private final KeyRequirements requirements;
  private final ClientKeys keys;
  private final Path file;

  /**
   * @param tokenClasses those that the appliance serves, and the session is for
   * @param requirements of the plans of these classes: a part of what all classes need
   */
  SessionOpener(
      ApplianceHttp http,
      ClientOptions options,
      ExecutorService workers,
      ModelDescription model,
      List<String> modes,
      List<Integer> tokenClasses,
      KeyRequirements requirements,
      ClientKeys keys) {
    this.http = http;
    this.options = options;
    this.workers = workers;
    this.model = model;
    this.modes = List.copyOf(modes);
    this.tokenClasses = List.copyOf(tokenClasses);
    this.requirements = requirements;
    this.keys = keys;
    this.file =
        options
            .home()
            .resolve("sessions")
            .resolve(options.profile())
            .resolve(model.name() + "-" + String.join("-", modes) + ".json");
  }

  /** A session and the key bytes that were sent to make it. */
  record Opened(SessionRecord session, long keyBytes) {}

  /** The stored session if it is still usable or can be completed, else a new one. */
  Opened open() {
    Optional<SessionRecord> kept = SessionRecord.read(file);
    if (kept.isPresent()) {
      SessionRecord session = kept.get();
      if (!isOurs(session)) {
        close(session);
      } else {
        OptionalLong sent = mend(session);
        if (sent.isPresent()) {
          return new Opened(session, sent.getAsLong());
        }
      }
    }
    return create();
  }

  private boolean isOurs(SessionRecord kept) {
    return kept.packageDigest().equals(model.packageDigest())
        && kept.parametersDigest().equals(keys.parameters().digestHex())
        && kept.secretKeyId().equals(keys.secretKeyId());
  }

  /** Key bytes sent to complete the session; empty if it cannot be used. */
  private OptionalLong mend(SessionRecord kept) {
    try {
      JsonNode answer = http.get("/v2/sessions/" + kept.id());
      if (!answer.path("keyFingerprint").asText().equals(kept.keyFingerprint())) {
        return OptionalLong.empty();
      }
      if (!covers(answer.path("tokenClasses"))) {
        close(kept); // made when the appliance left out more classes than now
        return OptionalLong.empty();
      }
      if (answer.path("ready").asBoolean(false)) {
        return OptionalLong.of(0);
      }
      Set<String> missing = new TreeSet<>();
      answer.path("missingKeys").forEach(label -> missing.add(label.asText()));
      // The public key was made for this session and is not kept; a key that the plan does not
      // have is never sent. Without either a new session has to be made.
      Set<String> ours =
          KeySender.specs(requirements).stream().map(KeySpec::label).collect(Collectors.toSet());
      if (missing.isEmpty() || !ours.containsAll(missing)) {
        close(kept);
        return OptionalLong.empty();
      }
      return OptionalLong.of(upload(kept).resend(missing, requirements));
    } catch (ServerProblemException e) {
      switch (e.problem().slug()) {
        case "token-class-unsupported", "mode-unsupported", "params-rejected" -> {
          close(kept); // made when the appliance served more classes than now
          return OptionalLong.empty();
        }
        default -> {
          if (e.problem().status() == 404 || e.problem().status() == 410) {
            return OptionalLong.empty();
          }
          throw e;
        }
      }
    }
  }

  /** Whether a session covers every wanted class; one without a list covers all. */
  private boolean covers(JsonNode classes) {
    Set<Integer> covered = new HashSet<>();
    classes.forEach(c -> covered.add(c.asInt()));
    return covered.isEmpty() || covered.containsAll(tokenClasses);
  }

  /** A new session with all keys uploaded. */
  Opened create() {
    Path folder = Objects.requireNonNull(file.getParent(), "a file in the sessions' folder");
    SessionInMaking.sweep(folder, http, options.progress());
    ClientKeys.PublicKey publicKey = keys.publicKey();
    String fingerprint = HexFormat.of().formatHex(publicKey.fingerprint());
    ObjectNode request = ApplianceHttp.JSON.createObjectNode();
    request.put("model", model.name());
    request.put("parametersDigest", keys.parameters().digestHex());
    request.put("keyFingerprint", fingerprint);
    modes.forEach(request.putArray("modes")::add);
    ArrayNode classes = request.putArray("tokenClasses");
    tokenClasses.forEach(classes::add);
    SessionInMaking making = SessionInMaking.begin(folder, fingerprint);
    // The fingerprint is as random as the key and as much this request's own.
    JsonNode answer = asked(request, fingerprint, making);
    SessionRecord session = SessionRecord.of(answer).withSecretKey(keys.secretKeyId());
    try {
      checkAnswer(answer, session, publicKey);
      long bytes = upload(session).run(publicKey, requirements);
      session.write(file);
      making.done();
      return new Opened(session, bytes);
    } catch (RuntimeException e) {
      forget(session, making, e);
      throw e;
    }
  }

  private JsonNode asked(ObjectNode request, String idempotencyKey, SessionInMaking making) {
    try {
      return http.post("/v2/sessions", request, idempotencyKey);
    } catch (ServerProblemException e) {
      making.done();
      throw e;
    } catch (RuntimeException e) {
      making.abandon();
      throw e;
    }
  }

  private KeySender upload(SessionRecord session) {
    return new KeySender(http, options, workers, session, keys, PooledByteBufAllocator.DEFAULT);
  }

  private void checkAnswer(JsonNode answer, SessionRecord session, ClientKeys.PublicKey publicKey) {
    if (!session.keyFingerprint().equals(HexFormat.of().formatHex(publicKey.fingerprint()))
        || !session.parametersDigest().equals(keys.parameters().digestHex())) {
      throw new ClientException(
          Kind.PROTOCOL, "the appliance opened a session for other keys or parameters; closed it");
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
          "the appliance asks for other keys than the model's plan needs: "
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

  /**
   * Deletes a session that will not be used again, which would otherwise keep its keys on the
   * appliance until it expires.
   */
  private void close(SessionRecord useless) {
    try {
      http.delete("/v2/sessions/" + useless.id());
    } catch (ServerProblemException e) {
      options.progress().progress("a session of another key or model was left to expire", 0, 0);
    }
  }

  private void forget(SessionRecord session, SessionInMaking making, RuntimeException cause) {
    try {
      http.delete("/v2/sessions/" + session.id());
      making.done();
    } catch (RuntimeException e) {
      making.abandon();
      cause.addSuppressed(e);
    }
  }
}
