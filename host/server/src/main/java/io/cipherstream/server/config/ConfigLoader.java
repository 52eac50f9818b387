package io.cipherstream.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies file, environment and flags over the defaults, in this order, and checks the result. */
public final class ConfigLoader {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .withCoercionConfig(
              LogicalType.Boolean,
              c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
          .withCoercionConfigDefaults(
              c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .build();

  private ConfigLoader() {}

  /**
   * @param file YAML or JSON, or null
   * @param environment variables; those without the prefix, or of other parts of Cipherstream, are
   *     left alone
   * @param settings dotted member to YAML value, from flags
   * @throws ConfigException if a member is unknown or a value does not fit; its message is one line
   */
  public static ServerConfig load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> settings) {
    ObjectNode tree = defaults();
    if (file != null) {
      merge(tree, readFile(file, "configuration file"), "");
    }
    Variables.members(defaults(), environment)
        .forEach((path, value) -> applySetting(tree, path, value));
    settings.forEach((path, value) -> applySetting(tree, path, value));
    addTenantsOfFile(tree);
    ServerConfig whole = checked(tree);
    int nodes = whole.cluster().nodes().size();
    if (nodes < 2) {
      return whole;
    }
    ClusterShare.divide(tree, nodes);
    return checked(tree);
  }

  private static ServerConfig checked(ObjectNode tree) {
    try {
      return ConfigChecks.check(YAML.treeToValue(tree, ServerConfig.class));
    } catch (JsonMappingException e) {
      throw Misfit.of(e, tree);
    } catch (IOException e) {
      throw new ConfigException("configuration: " + e.getMessage(), e);
    }
  }

  private static ObjectNode defaults() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream("defaults.yaml")) {
      return (ObjectNode) YAML.readTree(in);
    } catch (IOException e) {
      throw new ConfigException("defaults.yaml is damaged", e);
    }
  }

  private static void addTenantsOfFile(ObjectNode tree) {
    if (tree.path("tenantsFile").isTextual() && tree.get("tenants") instanceof ArrayNode tenants) {
      Path file = Path.of(tree.path("tenantsFile").asText());
      ArrayNode all = tenants.deepCopy();
      TenantFile.read(file).forEach(all::add);
      tree.set("tenants", all);
    }
  }

  /**
   * The file of tenants that a configuration file names.
   *
   * @throws ConfigException if it names none
   */
  public static Path tenantsFile(Path configuration) {
    JsonNode named = readFile(configuration, "configuration file").path("tenantsFile");
    if (!named.isTextual()) {
      throw new ConfigException(
          "configuration file "
              + configuration
              + ": has no tenantsFile; name one, as in /etc/cipherstream/tenants.json, and restart"
              + " the appliance once");
    }
    return Path.of(named.asText());
  }

  /**
   * @throws ConfigException if an appliance would refuse these tenants
   */
  static void checkTenants(ArrayNode tenants) {
    ObjectNode tree = defaults();
    tree.set("tenants", tenants.deepCopy());
    tree.put("generateApiKey", true);
    checked(tree);
  }

  static JsonNode readFile(Path file, String what) {
    try (InputStream in = Files.newInputStream(file)) {
      JsonNode tree = YAML.readTree(in);
      return tree.isMissingNode() || tree.isNull() ? YAML.createObjectNode() : tree;
    } catch (JsonProcessingException e) {
      throw new ConfigException(what + " " + file + ": " + Misfit.said(e), e);
    } catch (IOException e) {
      throw new ConfigException(what + " " + file + " cannot be read: " + e, e);
    }
  }

  private static void merge(ObjectNode into, JsonNode from, String path) {
    if (!from.isObject()) {
      throw new ConfigException(
          (path.isEmpty() ? "configuration" : path.substring(0, path.length() - 1))
              + ": expected members and their values, received "
              + Misfit.shown(from));
    }
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      String name = path + member.getKey();
      JsonNode old = into.get(member.getKey());
      if (old == null) {
        throw unknown(name, member.getKey(), into);
      }
      if (old instanceof ObjectNode inner) {
        merge(inner, member.getValue(), name + ".");
      } else {
        into.set(member.getKey(), member.getValue());
      }
    }
  }

  private static void applySetting(ObjectNode tree, String path, String value) {
    ObjectNode node = tree;
    String[] parts = path.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (!(node.get(parts[i]) instanceof ObjectNode inner)) {
        throw unknown(path, parts[i], node);
      }
      node = inner;
    }
    String last = parts[parts.length - 1];
    if (!node.has(last) || node.get(last).isObject()) {
      throw unknown(path, last, node);
    }
    try {
      node.set(last, YAML.readTree(value));
    } catch (JsonProcessingException e) {
      throw new ConfigException("configuration member '" + path + "': " + Misfit.said(e), e);
    }
  }

  private static ConfigException unknown(String path, String name, ObjectNode where) {
    List<String> names = new ArrayList<>();
    where.fieldNames().forEachRemaining(names::add);
    return new ConfigException(
        "configuration member '"
            + path
            + "' is unknown"
            + Nearest.to(name, names).map(n -> "; did you mean " + n + "?").orElse("")
            + "; expected one of "
            + String.join(", ", names));
  }
}
