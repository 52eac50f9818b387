package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;

/** Model manifests for programs. */
final class ModelJson {

  private ModelJson() {}

  static ObjectNode summary(ModelManifest manifest) {
    ObjectNode json = Json.object();
    json.put("name", manifest.name());
    json.put("licence", manifest.licence());
    json.put("format", manifest.source().format());
    json.put("sourceSha256", manifest.source().sha256());
    json.set("modes", Json.strings(manifest.modes()));
    json.set("notes", Json.strings(manifest.notes()));
    json.put("parameterSet", manifest.parameterSet());
    json.put("tokensMax", manifest.tokensMax());
    json.set("shape", shape(manifest.shape()));
    return json;
  }

  private static ObjectNode shape(ModelShape shape) {
    ObjectNode json = Json.object();
    json.put("layers", shape.layers());
    json.put("width", shape.width());
    json.put("heads", shape.heads());
    json.put("ffnWidth", shape.ffnWidth());
    json.put("positions", shape.positions());
    json.put("vocabulary", shape.vocabulary());
    json.put("activation", shape.activation().text());
    json.put("attention", shape.attention().text());
    json.put("norm", shape.norm().text());
    json.put("pooling", shape.pooling().text());
    json.set("labels", Json.strings(shape.labels()));
    return json;
  }
}
