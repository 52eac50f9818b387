package io.cipherstream.server.config;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lays file, environment and flags over the defaults, in this order, and checks the result. */
public final class ConfigLoader {

  /** Prefix of environment variables: {@code CIPHERSTREAM_BIND_PORT} is {@code bind.port}. */
  public static final String ENVIRONMENT_PREFIX = "CIPHERSTREAM_";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ConfigLoader() {}

  /**
   * @param file YAML or JSON, or null
   * @param environment variables; those without the prefix, or that name no member, are left alone
   * @param settings dotted member to YAML value, from flags
   * @throws ConfigException if a member is unknown or a value does not fit
   */
  public static ServerConfig load(
      @Nullable Path file, Map<String, String> environment, Map<String, String> settings) {
    ObjectNode tree = defaults();
    if (file != null) {
      merge(tree, readFile(file), "");
    }
    environment.forEach((name, value) -> applyVariable(tree, name, value));
    settings.forEach((path, value) -> applySetting(tree, path, value));
    try {
      return ConfigChecks.check(YAML.treeToValue(tree, ServerConfig.class));
    } catch (JsonMappingException e) {
      throw new ConfigException(
          "configuration member " + e.getPathReference() + ": " + e.getOriginalMessage(), e);
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

  private static JsonNode readFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return YAML.readTree(in);
    } catch (IOException e) {
      throw new ConfigException("configuration file " + file + ": " + e.getMessage(), e);
    }
  }

  private static void merge(ObjectNode into, JsonNode from, String path) {
    if (!from.isObject()) {
      throw new ConfigException("configuration " + path + ": expected an object");
    }
    for (Iterator<Map.Entry<String, JsonNode>> it = from.fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> member = it.next();
      String name = path + member.getKey();
      JsonNode old = into.get(member.getKey());
      if (old == null) {
        throw new ConfigException(
            "configuration member '" + name + "' is unknown; expected one of " + names(into));
      }
      if (old instanceof ObjectNode inner) {
        merge(inner, member.getValue(), name + ".");
      } else {
        into.set(member.getKey(), member.getValue());
      }
    }
  }

  private static void applyVariable(ObjectNode tree, String name, String value) {
    if (!name.startsWith(ENVIRONMENT_PREFIX)) {
      return;
    }
    String[] parts =
        name.substring(ENVIRONMENT_PREFIX.length()).toLowerCase(Locale.ROOT).split("_", -1);
    JsonNode node = tree;
    String path = "";
    for (String part : parts) {
      String member = memberIgnoringCase(node, part);
      if (member == null) {
        return;
      }
      path = path.isEmpty() ? member : path + "." + member;
      node = node.get(member);
    }
    applySetting(tree, path, value);
  }

  private static @Nullable String memberIgnoringCase(JsonNode node, String name) {
    for (Iterator<String> it = node.fieldNames(); it.hasNext(); ) {
      String member = it.next();
      if (member.equalsIgnoreCase(name)) {
        return member;
      }
    }
    return null;
  }

  private static void applySetting(ObjectNode tree, String path, String value) {
    ObjectNode node = tree;
    String[] parts = path.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (!(node.get(parts[i]) instanceof ObjectNode inner)) {
        throw new ConfigException(
            "configuration member '" + path + "' is unknown; expected one of " + names(node));
      }
      node = inner;
    }
    String last = parts[parts.length - 1];
    if (!node.has(last) || node.get(last).isObject()) {
      throw new ConfigException(
          "configuration member '" + path + "' is unknown; expected one of " + names(node));
    }
    try {
      node.set(last, YAML.readTree(value));
    } catch (IOException e) {
      throw new ConfigException("configuration member '" + path + "': " + e.getMessage(), e);
    }
  }

  private static String names(ObjectNode node) {
    StringBuilder names = new StringBuilder();
    node.fieldNames()
        .forEachRemaining(name -> names.append(names.isEmpty() ? "" : ", ").append(name));
    return names.toString();
  }
}
