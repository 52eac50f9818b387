package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.client.ClientException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the appliance says of a model before anything is fetched.
 *
 * @param modes inference modes it offers, the preferred one first
 * @param tokenClasses token classes that it serves in each mode; a mode that is not named has all
 * @param packageDigest digest of the whole model package
 * @param clientPackageDigest SHA-256 of the client package
 * @param network whether it takes rows of numbers instead of texts
 */
record ModelDescription(
    String name,
    List<String> modes,
    Map<String, Set<Integer>> tokenClasses,
    String packageDigest,
    String clientPackageDigest,
    boolean network) {

  static ModelDescription fetch(ApplianceHttp http, String name) {
    if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
      throw new ClientException(
          Kind.MODEL_UNKNOWN,
          "model name '"
              + name
              + "': expected 1 to 64 of a-z, 0-9, '.', '_', '-'; known models: "
              + names(http));
    }
    JsonNode json;
    try {
      json = http.get("/v2/models/" + name);
    } catch (ServerProblemException e) {
      if (e.kind() == Kind.MODEL_UNKNOWN) {
        throw new ClientException(
            Kind.MODEL_UNKNOWN,
            "the appliance has no model '" + name + "'; known models: " + names(http),
            e);
      }
      throw e;
    }
    JsonNode parameters = json.path("parameters");
    List<String> modes = new ArrayList<>();
    parameters.path("modes").forEach(mode -> modes.add(mode.asText()));
    Map<String, Set<Integer>> tokenClasses = new HashMap<>();
    parameters
        .path("tokenClassesByMode")
        .properties()
        .forEach(
            mode -> {
              Set<Integer> classes = new TreeSet<>();
              mode.getValue().forEach(c -> classes.add(c.asInt()));
              tokenClasses.put(mode.getKey(), classes);
            });
    return new ModelDescription(
        name,
        List.copyOf(modes),
        Map.copyOf(tokenClasses),
        parameters.path("packageDigest").asText(""),
        parameters.path("clientPackageDigest").asText(""),
        parameters.path("takes").asText("").equals("numbers"));
  }

  /** Whether the appliance has weights for a token class in a mode. */
  boolean serves(String mode, int tokenClass) {
    Set<Integer> classes = tokenClasses.get(mode);
    return classes == null || classes.contains(tokenClass);
  }

  /** Names of all models that the appliance serves. */
  static List<String> names(ApplianceHttp http) {
    List<String> names = new ArrayList<>();
    for (JsonNode model : http.get("/v2/models").path("models")) {
      if (!model.has("leftOut")) {
        names.add(model.path("name").asText());
      }
    }
    return List.copyOf(names);
  }
}
