package io.cipherstream.server.api;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.session.Session;
import io.cipherstream.server.session.SessionRegistry;
import io.cipherstream.server.tenant.Quotas;
import io.cipherstream.wire.EnvelopeKind;
import io.cipherstream.wire.EnvelopeSizes;
import io.cipherstream.wire.KeySpec;
import io.cipherstream.wire.WordPacking;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** A session as JSON. */
final class SessionView {

  private final SessionRegistry registry;
  private final Limits limits;
  private final Quotas quotas;

  SessionView(SessionRegistry registry, Limits limits, Quotas quotas) {
    this.registry = registry;
    this.limits = limits;
    this.quotas = quotas;
  }

  JsonObject of(Session session, RequiredKeys required) {
    List<String> missing = SessionRegistry.missing(required, session);
    return new JsonObject()
        .put("session", session.id())
        .put("model", session.info().model())
        .put("modelVersion", session.info().modelVersion())
        .put("packageDigest", session.info().packageDigest())
        .put("parameters", session.parameters().name())
        .put("parametersDigest", session.info().parametersDigest())
        .put("keyFingerprint", session.info().keyFingerprint())
        .put("modes", new JsonArray(List.copyOf(session.info().modes())))
        .put("tokenClasses", new JsonArray(List.copyOf(session.info().tokenClasses())))
        .put("created", Instant.ofEpochSecond(session.info().created()).toString())
        .put("lastUsed", session.lastUsed().toString())
        .put("expires", registry.expires(session).toString())
        .put("requiredKeys", required(required))
        .put("storedKeys", new JsonArray(List.copyOf(new TreeSet<>(session.storedKeys()))))
        .put("missingKeys", new JsonArray(missing))
        .put("ready", missing.isEmpty())
        .put("keyBytes", session.keyBytes())
        .put("limits", limits(session));
  }

  /** A session in a list, with what its owner needs to decide which are still wanted. */
  JsonObject summary(Session session, boolean ready) {
    return new JsonObject()
        .put("session", session.id())
        .put("model", session.info().model())
        .put("modes", new JsonArray(List.copyOf(session.info().modes())))
        .put("keyFingerprint", session.info().keyFingerprint())
        .put("created", Instant.ofEpochSecond(session.info().created()).toString())
        .put("lastUsed", session.lastUsed().toString())
        .put("expires", registry.expires(session).toString())
        .put("inUse", session.isInUse())
        .put("ready", ready)
        .put("keyBytes", session.keyBytes());
  }

  /** What a key upload answers. */
  JsonObject keyStored(Session session, RequiredKeys required, String label, long bytes) {
    List<String> missing = SessionRegistry.missing(required, session);
    return new JsonObject()
        .put("key", label)
        .put("bytes", bytes)
        .put("ready", missing.isEmpty())
        .put("missingKeys", new JsonArray(missing));
  }

  private static JsonObject required(RequiredKeys required) {
    JsonObject json = new JsonObject().put("public", true).putNull("relinearization");
    JsonArray rotations = new JsonArray();
    for (KeySpec spec : required.all()) {
      if (spec.kind() == EnvelopeKind.RELINEARIZATION_KEY) {
        json.put("relinearization", spec.limbs());
      } else if (spec.kind() == EnvelopeKind.ROTATION_KEY) {
        rotations.add(new JsonObject().put("step", spec.step()).put("limbs", spec.limbs()));
      }
    }
    return json.put("rotations", rotations);
  }

  private JsonObject limits(Session session) {
    return new JsonObject()
        .put("keyBytesMax", quotas.of(session.tenant()).keyBytes())
        .put(
            "messageBytesMax",
            EnvelopeSizes.seededCiphertext(
                session.parameters(), session.parameters().dataLimbs(), WordPacking.RAW))
        .put("frameBytesMax", limits.frameBytesMax())
        .put("roundDeadlineSeconds", limits.roundDeadlineSeconds())
        .put("inferenceDeadlineSeconds", limits.inferenceDeadlineSeconds())
        .put("concurrentInferencesMax", quotas.of(session.tenant()).inferences())
        .put("concurrentUploadsMax", limits.uploadsPerTenantMax());
  }
}
