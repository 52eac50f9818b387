package io.cipherstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.engine.EngineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

  private static final Map<String, String> KEY = Map.of("generateApiKey", "true");

  @TempDir private Path folder;

  @Test
  void defaultsAreWhatTheFileSays() {
    ServerConfig config = ConfigLoader.load(null, Map.of(), KEY);
    assertThat(config.bind())
        .isEqualTo(new ServerConfig.Bind("127.0.0.1", 8443, "127.0.0.1", -1, -1));
    assertThat(config.tls().mode()).isEqualTo(ServerConfig.TlsMode.SELF_SIGNED);
    assertThat(config.limits().frameBytesMax()).isEqualTo(65536);
    assertThat(config.compute().effectiveThreads())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(config.compute().engineResidentBytesMax())
        .as("as where engines are opened without an appliance")
        .isEqualTo(EngineSettings.RESIDENT_BYTES_DEFAULT);
  }

  @Test
  void flagsWinOverEnvironmentWinsOverFile() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("c.yaml"),
            """
            bind: {port: 1, host: 127.0.0.2}
            limits: {connectionsMax: 1, inferencesMax: 1, drainSeconds: 7}
            tenants:
              - {name: a, apiKey: "0123456789abcdef"}
            """);
    ServerConfig config =
        ConfigLoader.load(
            file,
            Map.of(
                "CIPHERSTREAM_LIMITS_CONNECTIONSMAX", "2",
                "CIPHERSTREAM_LIMITS_INFERENCESMAX", "2",
                "CIPHERSTREAM_HOME", "/not/ours",
                "PATH", "/bin"),
            Map.of("limits.inferencesMax", "3"));
    assertThat(config.bind()).isEqualTo(new ServerConfig.Bind("127.0.0.2", 1, "127.0.0.1", -1, -1));
    assertThat(config.limits().drainSeconds()).isEqualTo(7);
    assertThat(config.limits().connectionsMax()).isEqualTo(2);
    assertThat(config.limits().inferencesMax()).isEqualTo(3);
    assertThat(config.tenants()).hasSize(1);
  }

  @Test
  void unknownMemberInAFileIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("c.json"), "{\"limits\":{\"conectionsMax\":1}}");
    assertThatThrownBy(() -> ConfigLoader.load(file, Map.of(), KEY))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("limits.conectionsMax")
        .hasMessageContaining("connectionsMax");
  }

  @ParameterizedTest
  @CsvSource({
    "limits.nothing, 1, 'limits.nothing'",
    "limits.connectionsMax, 0, 'at least 1'",
    "limits.connectionsMax, many, 'connectionsMax'",
    "bind.port, 65536, '0 to 65535'",
    "tls.mode, NONE, 'SELF_SIGNED'",
    "tls.mode, FILES, 'tls.certificate'",
    "tenants, '[{name: a, apiKey: short}]', 'at least 16'",
    "tenants, '[{name: a}]', 'apiKeySha256'",
    "tenants, '[{name: a, apiKeySha256: xyz}]', '64 lower-case hex'"
  })
  void valueThatDoesNotFitIsNamed(String member, String value, String message) {
    Map<String, String> settings = new java.util.HashMap<>(KEY);
    settings.put(member, value);
    assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void plainHttpIsForLoopbackOnly() {
    assertThatThrownBy(
            () ->
                ConfigLoader.load(
                    null,
                    Map.of(),
                    Map.of(
                        "generateApiKey",
                        "true",
                        "tls.mode",
                        "PLAIN_HTTP",
                        "bind.host",
                        "0.0.0.0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("loopback");
  }

  @Test
  void noTenantIsRefused() {
    assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("generateApiKey");
  }
}
