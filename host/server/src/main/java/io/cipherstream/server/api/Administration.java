package io.cipherstream.server.api;

import io.cipherstream.server.cluster.Cluster;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.config.MemoryPlan;
import io.cipherstream.server.inference.InferenceServices;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.serving.ModelShelf;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an administrator sees and does: state, sessions, models, draining. Thread-safe. */
public final class Administration {

  private static final double NEAR = 0.8;

  private final InferenceServices shared;
  private final ModelShelf shelf;
  private final Connections connections;
  private final MemoryPlan memory;
  private final String version;
  private final @Nullable Cluster cluster;
  private final Instant started = Instant.now();

  /**
   * @param cluster null for an appliance that stands alone
   */
  public Administration(
      InferenceServices shared,
      ModelShelf shelf,
      Connections connections,
      MemoryPlan memory,
      String version,
      @Nullable Cluster cluster) {
    this.shared = shared;
    this.shelf = shelf;
    this.connections = connections;
    this.memory = memory;
    this.version = version;
    this.cluster = cluster;
  }

  /** The whole appliance in one object. Blocks. */
  JsonObject status() {
    return new JsonObject()
        .put("version", version)
        .put("started", started.toString())
        .put("now", Instant.now().toString())
        .put("ready", shared.catalog().isReady())
        .put("progress", shared.catalog().progress())
        .put("draining", shared.admission().isDraining())
        .put("models", models())
        .put("leftOut", leftOut())
        .put("notServed", new JsonArray(List.copyOf(shelf.notServed())))
        .put("loading", shelf.loading())
        .put("engines", engines())
        .put("sessions", shared.registry().all().size())
        .put("connections", connections.count())
        .put("inferences", shared.admission().active())
        .put("stepsWaiting", shared.scheduler().waiting())
        .put("keysWaiting", shared.keyCache().waiting())
        .put("memory", memory())
        .put("limits", limits())
        .put("cluster", nodes());
  }

  /** What all tenants share, against its limits. From four fifths on it is near. */
  private JsonArray limits() {
    Limits limits = shared.limits();
    return new JsonArray()
        .add(limit("connectionsMax", connections.count(), limits.connectionsMax()))
        .add(limit("inferencesMax", shared.admission().active(), limits.inferencesMax()));
  }

  private static JsonObject limit(String name, long used, long most) {
    return new JsonObject()
        .put("limit", name)
        .put("used", used)
        .put("most", most)
        .put("near", used >= Math.ceil(NEAR * most));
  }

  /** The nodes by name, and which of them are up; null for an appliance that stands alone. */
  private @Nullable JsonObject nodes() {
    if (cluster == null) {
      return null;
    }
    return new JsonObject()
        .put("node", cluster.name())
        .put("up", new JsonArray(List.copyOf(cluster.up())))
        .put("others", new JsonArray(cluster.others()));
  }

  private JsonArray models() {
    JsonArray models = new JsonArray();
    for (ServedModel model : shared.catalog().all()) {
      TreeSet<String> modes = new TreeSet<>();
      TreeSet<Integer> classes = new TreeSet<>();
      model
          .plans()
          .forEach(
              plan -> {
                modes.add(plan.mode());
                classes.add(plan.tokenClass());
              });
      models.add(
          new JsonObject()
              .put("name", model.name())
              .put("engine", model.engine())
              .put("modes", new JsonArray(modes.stream().toList()))
              .put("tokenClasses", new JsonArray(classes.stream().toList()))
              .put("weightBytes", model.weightBytes()));
    }
    return models;
  }

  private JsonArray leftOut() {
    JsonArray models = new JsonArray();
    shared
        .catalog()
        .leftOut()
        .forEach(
            (name, reason) -> models.add(new JsonObject().put("name", name).put("reason", reason)));
    return models;
  }

  /** An engine that has computed wrong words is faulty; one that was left for SEAL is failing. */
  private JsonArray engines() {
    TreeSet<String> names = new TreeSet<>();
    shared.catalog().all().forEach(model -> names.add(model.engine()));
    JsonArray engines = new JsonArray();
    for (String name : names) {
      long faults = shared.metrics().crossCheckFaults(name);
      long fallbacks = shared.metrics().fallbacks(name);
      engines.add(
          new JsonObject()
              .put("name", name)
              .put("health", faults > 0 ? "faulty" : fallbacks > 0 ? "failing" : "good")
              .put("fallbacks", fallbacks)
              .put("crossCheckFaults", faults));
    }
    return engines;
  }

  private JsonArray memory() {
    return new JsonArray()
        .add(part("weights", weightBytes(), memory.weightBytes()))
        .add(part("keys", shared.keyCache().bytes(), memory.keyBytes()))
        .add(part("inferences", shared.admission().bytes(), memory.inferenceBytes()))
        .add(part("heap", heapBytes(), memory.heapBytes()));
  }

  private static JsonObject part(String name, long used, long most) {
    return new JsonObject().put("part", name).put("bytes", used).put("most", most);
  }

  private long weightBytes() {
    return shared.catalog().all().stream().mapToLong(ServedModel::weightBytes).sum();
  }

  private static long heapBytes() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Every session, the most recently used first. */
  JsonArray sessions() {
    JsonArray sessions = new JsonArray();
    shared.registry().all().stream()
        .sorted(Comparator.comparing(Session::lastUsed).reversed())
        .forEach(
            session ->
                sessions.add(
                    new JsonObject()
                        .put("session", session.id())
                        .put("tenant", session.tenant())
                        .put("model", session.info().model())
                        .put("created", Instant.ofEpochSecond(session.info().created()).toString())
                        .put("lastUsed", session.lastUsed().toString())
                        .put("inUse", session.isInUse())
                        .put("keyBytes", session.keyBytes())));
    return sessions;
  }

  /**
   * Deletes a session with its keys and ends its inferences; its client makes another. Blocks.
   *
   * @throws ProblemException {@link ProblemType#SESSION_UNKNOWN}
   */
  void evict(String id) throws IOException {
    Session session =
        shared
            .registry()
            .find(id)
            .orElseThrow(
                () ->
                    ProblemException.of(
                        ProblemType.SESSION_UNKNOWN,
                        "session " + id,
                        "one that GET /admin/sessions lists",
                        ""));
    shared.registry().delete(session);
  }

  /** As {@link ModelShelf#load}. */
  void load(String model, Consumer<String> ended) {
    shelf.load(model, ended);
  }

  /** As {@link ModelShelf#unload}. */
  void unload(String model) {
    shelf.unload(model);
  }

  /** Refuses new sessions and inferences; those that run go on. Health says not ready. */
  void drain() {
    shared.catalog().markStopping(shared.limits().retryAfterSeconds());
    shared.admission().drain();
  }

  /** Ends {@link #drain}. */
  void resume() {
    shared.admission().resume();
    shared.catalog().markRunning();
  }
}
