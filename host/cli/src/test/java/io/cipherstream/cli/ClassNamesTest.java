package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever looks for a class finds one: no two files of Java have the same name, in no module. */
class ClassNamesTest {

  private static final String PACKAGE_COMMENT = "package-info.java";

  @Test
  void everyFileOfJavaHasANameOfItsOwn() {
    List<Path> sources =
        SourceTree.files(SourceTree.ROOT, file -> file.toString().endsWith(".java"));
    assertThat(sources).hasSizeGreaterThan(1000);
    Map<String, List<Path>> byName =
        sources.stream().collect(Collectors.groupingBy(file -> file.getFileName().toString()));
    byName.remove(PACKAGE_COMMENT);
    assertThat(byName.values()).allSatisfy(files -> assertThat(files).hasSize(1));
  }
}
