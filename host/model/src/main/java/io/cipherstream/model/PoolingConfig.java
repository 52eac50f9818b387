package io.cipherstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the pooling module's config.json, as sentence-transformers writes it since 5.4 ({@code
 * pooling_mode}, one name or a list) and as it did before ({@code pooling_mode_…} switches).
 */
final class PoolingConfig {

  private static final String SWITCH = "pooling_mode_";

  private PoolingConfig() {}

  /**
   * @param folder the module's folder
   * @throws ModelException of kind UNSUPPORTED, which names the pooling, if it is neither the mean
   *     nor the first row
   */
  static Pooling read(Path folder) {
    JsonNode config =
        ModelFiles.json(folder.resolve("config.json"), HuggingFaceConfig.FILE_BYTES_MAX);
    String shown = folder.getFileName() + "/config.json";
    List<String> modes = modes(config, shown);
    if (modes.size() != 1 || !(modes.equals(List.of("mean")) || modes.equals(List.of("cls")))) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          shown + " pools by " + modes + ": expected exactly one of cls and mean");
    }
    return modes.get(0).equals("cls") ? Pooling.CLS : Pooling.MEAN;
  }

  private static List<String> modes(JsonNode config, String shown) {
    List<String> modes = new ArrayList<>();
    JsonNode mode = config.path("pooling_mode");
    if (mode.isTextual()) {
      modes.add(mode.textValue());
    }
    mode.forEach(name -> modes.add(name.asText("")));
    boolean switches = false;
    List<String> on = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      if (!entry.getKey().startsWith(SWITCH)) {
        continue;
      }
      switches = true;
      if (!entry.getValue().isBoolean()) {
        throw new ModelException(
            ModelException.Kind.UNSUPPORTED,
            shown
                + " says "
                + entry.getKey()
                + " "
                + entry.getValue()
                + ": expected true or false");
      }
      if (entry.getValue().booleanValue()) {
        String name = entry.getKey().substring(SWITCH.length());
        on.add(name.equals("cls_token") ? "cls" : name.equals("mean_tokens") ? "mean" : name);
      }
    }
    if (switches && !mode.isMissingNode() && !on.equals(modes)) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, shown + " says pooling " + modes + " and " + on);
    }
    if (mode.isMissingNode() && switches) {
      return on;
    }
    return mode.isMissingNode() ? List.of("mean") : modes;
  }
}
