package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedManifest;

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
    ModelTask task = manifest.task();
    if (task != null) {
      json.set("task", Json.MAPPER.valueToTree(task));
    }
    if (manifest.sealed() != null) {
      SealedManifest sealed = SealedManifest.fromJson(manifest.sealed());
      json.put("spec", sealed.spec().text());
      if (sealed.fits() != null) {
        json.set("fits", Json.MAPPER.valueToTree(sealed.fits()));
      }
    }
    json.put("calibrationTexts", manifest.ranges().sentences());
    json.put("calibrationMargin", manifest.ranges().margin());
    return json;
  }

  /** The kind of output in a few words: labels, a value, an embedding. */
  static String output(ModelManifest manifest) {
    ModelShape shape = manifest.shape();
    return switch (shape.head()) {
      case EMBEDDING, VECTOR -> "embedding";
      case VALUE -> "value";
      case LABELS -> "any of " + String.join("/", shape.labels());
      case CLASSES ->
          (shape.pooling() == Pooling.NONE ? "per word " : "") + String.join("/", shape.labels());
    };
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
    json.put("head", shape.head().text());
    json.set("labels", Json.strings(shape.labels()));
    return json;
  }
}
