package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of README.md are those that the build generates from core-program.xml. */
class CoreReadmeTest {

  private static final Path TABLES =
      Path.of("target/generated-sources/core-program/markdown/core-program.md");
  private static final Pattern MARKED =
      Pattern.compile(
          "<!-- core-program: begin -->\n(.*)<!-- core-program: end -->", Pattern.DOTALL);

  @Test
  void tablesAreTheGeneratedOnes() throws Exception {
    Matcher marked = MARKED.matcher(Files.readString(Path.of("README.md")));
    assertThat(marked.find()).as("README.md has the two markers").isTrue();
    assertThat(marked.group(1))
        .as("between the markers of host/core/README.md belongs the content of %s", TABLES)
        .isEqualTo(Files.readString(TABLES));
  }
}
