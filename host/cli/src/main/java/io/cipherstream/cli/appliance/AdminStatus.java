package io.cipherstream.cli.appliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Table;
import io.cipherstream.cli.base.Units;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;

/** The text of {@code admin status}: a line of state, one of load, and tables. */
final class AdminStatus {

  private AdminStatus() {}

  static void print(PrintWriter out, JsonNode status) {
    String state = status.path("ready").asBoolean() ? "ready" : status.path("progress").asText();
    out.printf(
        "%s, version %s, since %s%n",
        status.path("draining").asBoolean() ? "draining" : state,
        status.path("version").asText(),
        status.path("started").asText());
    out.printf(
        "%d sessions, %d connections, %d inferences, %d steps waiting, %d waiting for keys%n",
        status.path("sessions").asInt(),
        status.path("connections").asInt(),
        status.path("inferences").asInt(),
        status.path("stepsWaiting").asInt(),
        status.path("keysWaiting").asInt());
    memory(status).print(out);
    limits(status).print(out);
    if (status.path("cluster").isObject()) {
      nodes(status.path("cluster")).print(out);
    }
    engines(status).print(out);
    models(status).print(out);
  }

  private static Table memory(JsonNode status) {
    Table memory = new Table("memory", "used", "most");
    for (JsonNode part : status.path("memory")) {
      memory.row(
          part.path("part").asText(),
          Units.bytes(part.path("bytes").asLong()),
          Units.bytes(part.path("most").asLong()));
    }
    return memory;
  }

  private static Table limits(JsonNode status) {
    Table limits = new Table("limit", "used", "most", "");
    for (JsonNode limit : status.path("limits")) {
      limits.row(
          limit.path("limit").asText(),
          limit.path("used").asLong(),
          limit.path("most").asLong(),
          limit.path("near").asBoolean() ? "near" : "");
    }
    return limits;
  }

  private static Table nodes(JsonNode cluster) {
    Set<String> up = new HashSet<>();
    cluster.path("up").forEach(name -> up.add(name.asText()));
    Table nodes = new Table("node", "state");
    nodes.row(cluster.path("node").asText(), "this one");
    cluster
        .path("others")
        .forEach(name -> nodes.row(name.asText(), up.contains(name.asText()) ? "up" : "away"));
    return nodes;
  }

  private static Table engines(JsonNode status) {
    Table engines = new Table("engine", "health", "left for SEAL", "wrong results");
    for (JsonNode engine : status.path("engines")) {
      engines.row(
          engine.path("name").asText(),
          engine.path("health").asText(),
          engine.path("fallbacks").asLong(),
          engine.path("crossCheckFaults").asLong());
    }
    return engines;
  }

  private static Table models(JsonNode status) {
    Table models = new Table("model", "state", "engine", "weights");
    for (JsonNode model : status.path("models")) {
      models.row(
          model.path("name").asText(),
          "served",
          model.path("engine").asText(),
          Units.bytes(model.path("weightBytes").asLong()));
    }
    Set<String> leftOut = new HashSet<>();
    for (JsonNode model : status.path("leftOut")) {
      leftOut.add(model.path("name").asText());
      models.row(
          model.path("name").asText(),
          state(status, model.path("name").asText(), model.path("reason").asText()),
          "",
          "");
    }
    for (JsonNode name : status.path("notServed")) {
      if (!leftOut.contains(name.asText())) {
        models.row(name.asText(), state(status, name.asText(), "not served"), "", "");
      }
    }
    return models;
  }

  private static String state(JsonNode status, String model, String otherwise) {
    return status.path("loading").asText("").equals(model) ? "loading" : otherwise;
  }
}
