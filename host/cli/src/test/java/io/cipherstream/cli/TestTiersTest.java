package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tags by which {@code ./cipherstream test --quick} leaves test classes out. */
class TestTiersTest {

  private static final Path ROOT =
      Path.of(System.getProperty("cipherstream.root")).toAbsolutePath().normalize();
  private static final Pattern TAG = Pattern.compile("^@Tag\\(\"([^\"]*)\"\\)", Pattern.MULTILINE);

  /** Modules of which every test runs native code or the simulated card. */
  private static final Map<String, String> WHOLE =
      Map.of(
          "host/opencl", "native",
          "host/seal", "native",
          "host/seal-client", "native",
          "sim", "hardware");

  /** The tags of every test class, by its path. */
  private static Map<Path, List<String>> tags() throws IOException {
    Map<Path, List<String>> tags = new TreeMap<>();
    for (String top : List.of("host", "sim")) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(top))) {
        for (Path file : walk.filter(TestTiersTest::isTest).toList()) {
          List<String> own = new ArrayList<>();
          Matcher tag = TAG.matcher(Files.readString(file));
          while (tag.find()) {
            own.add(tag.group(1));
          }
          tags.put(ROOT.relativize(file), own);
        }
      }
    }
    return tags;
  }

  private static boolean isTest(Path file) {
    return file.toString().matches(".*/src/test/java/.*(Test|IT)\\.java");
  }

  @Test
  void everyTagIsATier() throws IOException {
    assertThat(tags().values().stream().flatMap(List::stream).distinct())
        .containsExactlyInAnyOrder("native", "training", "hardware", "slow");
  }

  @Test
  void aClassOfANativeModuleHasItsTag() throws IOException {
    Map<Path, List<String>> tags = tags();
    WHOLE.forEach(
        (module, tag) ->
            assertThat(tags.entrySet().stream().filter(e -> e.getKey().startsWith(module)))
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e.getValue()).as("%s", e.getKey()).contains(tag)));
  }

  @Test
  void theQuickTierIsMostOfTheClasses() throws IOException {
    Map<Path, List<String>> tags = tags();
    assertThat(tags.values().stream().filter(List::isEmpty).count()).isGreaterThan(tags.size() / 2);
  }
}
