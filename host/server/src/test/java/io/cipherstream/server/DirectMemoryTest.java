package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {

  private static final long GIB = 1L << 30;

  @Test
  void aBudgetBeyondTheJvmsDirectMemoryIsRefusedAtStart() {
    assertThatThrownBy(() -> DirectMemory.check(2 * GIB, 2 * GIB))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("weightBytesMax is 2048 MiB")
        .hasMessageContaining("MaxDirectMemorySize");
    assertThatCode(() -> DirectMemory.check(2 * GIB, 3 * GIB)).doesNotThrowAnyException();
  }

  @Test
  void theLaunchersOptionsHoldTheDefaultBudget() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("cipherstream"))) {
      root = root.getParent();
    }
    Matcher limit =
        Pattern.compile("-XX:MaxDirectMemorySize=(\\d+)g")
            .matcher(Files.readString(root.resolve("deploy/setup/server.jvm")));
    Matcher budget =
        Pattern.compile("weightBytesMax: (\\d+)")
            .matcher(
                Files.readString(
                    root.resolve(
                        "host/server/src/main/resources/io/cipherstream/server/config/defaults.yaml")));
    assertThat(limit.find() && budget.find()).isTrue();
    assertThatCode(
            () ->
                DirectMemory.check(
                    Long.parseLong(budget.group(1)), Long.parseLong(limit.group(1)) * GIB))
        .doesNotThrowAnyException();
    assertThat(DirectMemory.limitBytes()).isPositive();
  }
}
