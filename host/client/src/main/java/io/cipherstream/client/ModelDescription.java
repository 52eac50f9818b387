package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.client.ClientException.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server says of a model before anything is fetched.
 *
 * @param modes inference modes it offers, the preferred one first
 * @param packageDigest digest of the whole model package
 * @param clientPackageDigest SHA-256 of the client package
 */
record ModelDescription(
    String name, List<String> modes, String packageDigest, String clientPackageDigest) {

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
    return new ModelDescription(
        name,
        List.copyOf(modes),
        parameters.path("packageDigest").asText(""),
        parameters.path("clientPackageDigest").asText(""));
  }

  /** Names of all models of the server. */
  static List<String> names(ApplianceHttp http) {
    List<String> names = new ArrayList<>();
    http.get("/v2/models").path("models").forEach(m -> names.add(m.path("name").asText()));
    return List.copyOf(names);
  }
}
