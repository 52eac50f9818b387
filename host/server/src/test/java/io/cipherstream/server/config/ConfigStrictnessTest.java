package io.cipherstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every member refuses what it cannot be, in one line that names it. */
class ConfigStrictnessTest {

  private static final Map<String, String> KEY = Map.of("generateApiKey", "true");

  /** Members that say "none" by null. */
  private static final Set<String> NULLABLE =
      Set.of(
          "tls.certificate",
          "tls.key",
          "compute.image",
          "tenantsFile",
          "otlpEndpoint",
          "cluster.node",
          "cluster.certificate",
          "cluster.key",
          "cluster.authority");

  @Test
  void noMemberTakesNullOrHalfANumberOrAnotherKind() throws Exception {
    Map<String, JsonNode> members = new HashMap<>();
    try (InputStream in = ConfigLoader.class.getResourceAsStream("defaults.yaml")) {
      collect((ObjectNode) new YAMLMapper().readTree(in), "", members);
    }
    assertThat(members).hasSizeGreaterThan(30);
    List<String> taken = new ArrayList<>();
    members.forEach(
        (member, value) -> {
          if (!NULLABLE.contains(member)) {
            taken.addAll(taken(member, "null"));
          }
          taken.addAll(taken(member, "{a: 1}"));
          if (value.isIntegralNumber()) {
            taken.addAll(taken(member, "1.5"));
            taken.addAll(taken(member, "-5"));
            taken.addAll(taken(member, "99999999999999999999"));
            taken.addAll(taken(member, "''"));
            taken.addAll(taken(member, "[1]"));
          } else if (value.isBoolean()) {
            taken.addAll(taken(member, "1"));
            taken.addAll(taken(member, "maybe"));
          } else if (value.isTextual()) {
            taken.addAll(taken(member, "' '"));
            taken.addAll(taken(member, "[x]"));
          } else if (value.isArray()) {
            taken.addAll(taken(member, "[null]"));
            taken.addAll(taken(member, "7"));
          }
        });
    assertThat(taken).isEmpty();
  }

  /** The setting if it is taken, or refused in other words than one line with its name. */
  private static List<String> taken(String member, String value) {
    Map<String, String> settings = new HashMap<>(KEY);
    settings.put(member, value);
    try {
      ConfigLoader.load(null, Map.of(), settings);
      return List.of(member + ": " + value + " was taken");
    } catch (ConfigException e) {
      String said = String.valueOf(e.getMessage());
      String name = member.contains(".") ? member.substring(member.indexOf('.') + 1) : member;
      return said.contains(name) && !said.contains("\n") && !said.contains("java.")
          ? List.of()
          : List.of(member + ": " + value + " is refused with " + said);
    } catch (RuntimeException e) {
      return List.of(member + ": " + value + " ends in " + e);
    }
  }

  private static void collect(ObjectNode node, String path, Map<String, JsonNode> members) {
    node.properties()
        .forEach(
            member -> {
              if (member.getValue() instanceof ObjectNode inner) {
                collect(inner, path + member.getKey() + ".", members);
              } else {
                members.put(path + member.getKey(), member.getValue());
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "'[{apiKey: 0123456789abcdef}]', 'tenants[0].name: expected a value, received null'",
    "'[{name: a, apiKey: 0123456789abcdef}, null]', 'tenants[1]: expected a value'",
    "'[{name: \"\", apiKey: 0123456789abcdef}]', 'tenants[0].name'",
    "'[{name: \"a\\nb\", apiKey: 0123456789abcdef}]', 'control characters'",
    "'[{name: a, apikey: 0123456789abcdef}]', 'tenants[0].apikey'",
    "'[{name: a, apiKey: [secret-secret-secret]}]', 'tenants[0].apiKey: expected a text, received"
        + " another'",
    "'[alice]', 'tenants[0]'"
  })
  void aTenantThatIsNoneIsRefusedByItsPlace(String tenants, String message) {
    assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), Map.of("tenants", tenants)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret-secret-secret")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({
    "CIPHERSTREAM_LIMITS_CONECTIONSMAX, CIPHERSTREAM_LIMITS_CONNECTIONSMAX",
    "CIPHERSTREAM_BINDPORT, CIPHERSTREAM_BIND_PORT",
    "CIPHERSTREAM_DATA_DIRECTORY, CIPHERSTREAM_DATADIRECTORY",
    "CIPHERSTREAM_COMPUTE_THREAD, CIPHERSTREAM_COMPUTE_THREADS",
    "CIPHERSTREAM_LIMITS, CIPHERSTREAM_"
  })
  void aMisspeltVariableIsRefusedWithTheNearestName(String wrong, String meant) {
    assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(wrong, "1"), KEY))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("environment variable " + wrong + ":")
        .hasMessageContaining(meant);
  }

  @Test
  void variablesThatOthersSetAreLeftAlone() {
    Map<String, String> environment =
        Map.of(
            "CIPHERSTREAM_HOME", "/h",
            "CIPHERSTREAM_API_KEY", "k",
            "CIPHERSTREAM_KEY_PASSPHRASE", "violet ladder seventeen",
            "CIPHERSTREAM_SIM_STATS", "f",
            "CIPHERSTREAM_SERVICE_HOST", "10.0.0.1",
            "CIPHERSTREAM_SERVICE_PORT_HTTPS", "8443",
            "CIPHERSTREAM_PORT", "tcp://10.0.0.1:8443",
            "CIPHERSTREAM_PORT_8443_TCP_ADDR", "10.0.0.1");
    assertThat(ConfigLoader.load(null, environment, KEY).bind().port()).isEqualTo(8443);
    assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("CIPHERSTREAM_PORT", "9000"), KEY))
        .hasMessageContaining("CIPHERSTREAM_BIND_PORT");
  }

  @Test
  void theSameMemberTwiceInAFileIsRefused(@org.junit.jupiter.api.io.TempDir java.nio.file.Path at)
      throws Exception {
    java.nio.file.Path file =
        java.nio.file.Files.writeString(
            at.resolve("c.yaml"), "bind: {port: 1}\nlimits: {drainSeconds: 1}\nbind: {port: 2}\n");
    assertThatThrownBy(() -> ConfigLoader.load(file, Map.of(), KEY))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bind");
    java.nio.file.Files.writeString(file, "# nothing but a comment\n");
    assertThat(ConfigLoader.load(file, Map.of(), KEY).bind().port()).isEqualTo(8443);
  }
}
