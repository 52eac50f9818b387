package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A simple class name means one class, so that a reader need not look at imports. */
class ClassNamesTest {

  @Test
  void noTwoClassesHaveOneSimpleName() {
    List<Path> files =
        SourceTree.files(
            SourceTree.ROOT.resolve("host"),
            file ->
                file.toString().contains("/src/main/java/")
                    && file.toString().endsWith(".java")
                    && !file.endsWith("package-info.java"));
    assertThat(files).hasSizeGreaterThan(500);
    assertThat(twice(files)).isEmpty();
    assertThat(twice(List.of(Path.of("a/One.java"), Path.of("b/One.java"), Path.of("b/Two.java"))))
        .as("the check itself")
        .containsOnlyKeys("One.java");
  }

  private static Map<String, List<Path>> twice(List<Path> files) {
    Map<String, List<Path>> byName =
        files.stream()
            .collect(
                Collectors.groupingBy(
                    file -> file.getFileName().toString(), TreeMap::new, Collectors.toList()));
    byName.values().removeIf(list -> list.size() == 1);
    return byName;
  }
}
