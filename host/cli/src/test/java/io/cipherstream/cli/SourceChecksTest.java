package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Java build does not look at: the format of C++ sources, and shell scripts. */
class SourceChecksTest {

  /** Debian 12's. Another version breaks some lines elsewhere. */
  private static final String CLANG_FORMAT = "14.";

  @Test
  void everyCxxSourceIsFormatted() throws Exception {
    List<Path> sources = SourceTree.files(SourceTree.ROOT, SourceChecksTest::isCxx);
    assertThat(sources).hasSizeGreaterThan(80);
    assertThat(Output.of(List.of("clang-format", "--version")).text())
        .as("install Debian 12's package clang-format")
        .contains("version " + CLANG_FORMAT);
    Output output = clangFormat(sources);
    assertThat(output.text()).as("mend with clang-format -i").isEmpty();
    assertThat(output.status()).isZero();
  }

  @Test
  void everyScriptPassesShellcheck() throws Exception {
    List<Path> scripts = SourceTree.files(SourceTree.ROOT, SourceChecksTest::isScript);
    assertThat(scripts)
        .hasSizeGreaterThan(15)
        .contains(SourceTree.ROOT.resolve("cipherstream"), SourceTree.ROOT.resolve(".ci/run"));
    Output output = shellcheck(scripts);
    assertThat(output.text()).isEmpty();
    assertThat(output.status()).isZero();
  }

  /**
   * With {@code pipefail} a pipe whose reader leaves early fails now and then, with status 141: its
   * writer may still write.
   */
  @Test
  void noReaderOfAPipeLeavesEarly() throws Exception {
    for (Path script : SourceTree.files(SourceTree.ROOT, SourceChecksTest::isScript)) {
      assertThat(Files.readAllLines(script)).as("%s", script).noneMatch(this::leavesEarly);
    }
  }

  private boolean leavesEarly(String line) {
    return line.matches(".*\\|\\s*(head|grep (-\\w*q|-m)|sed [^|]*[;{]q).*");
  }

  @Test
  void aBadFormatAndABadScriptWouldBeFound(@TempDir Path folder) throws Exception {
    Path source = Files.writeString(folder.resolve("a.cpp"), "int  main( ){return 0;}\n");
    assertThat(clangFormat(List.of(source)).text()).contains("code should be clang-formatted");
    Path script = Files.writeString(folder.resolve("a"), "#!/bin/bash\nrm $1\n");
    assertThat(isScript(script)).isTrue();
    assertThat(shellcheck(List.of(script)).text()).contains("SC2086");
    assertThat("sort a | head -n 1").matches(this::leavesEarly);
    assertThat("all | grep -qx b").matches(this::leavesEarly);
    assertThat("head -n 1 a | sort | grep b").doesNotMatch(this::leavesEarly);
  }

  private static boolean isCxx(Path file) {
    return file.toString().matches(".*\\.(cpp|h)");
  }

  /** By its ending, or by its first line if it has none. */
  private static boolean isScript(Path file) {
    String name = file.getFileName().toString();
    if (name.contains(".")) {
      return name.endsWith(".sh");
    }
    try (InputStream content = Files.newInputStream(file)) {
      String start = new String(content.readNBytes(32), StandardCharsets.ISO_8859_1);
      return start.matches("(?s)#!\\S*(/| )(ba)?sh\\b.*");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Output clangFormat(List<Path> sources) throws Exception {
    String style = "--style=file:" + SourceTree.ROOT.resolve(".clang-format");
    return Output.of(List.of("clang-format", style, "--dry-run", "--Werror"), sources);
  }

  private static Output shellcheck(List<Path> scripts) throws Exception {
    return Output.of(List.of("shellcheck", "--format=gcc"), scripts);
  }

  /** What a tool wrote, and its exit status. */
  private record Output(String text, int status) {

    static Output of(List<String> command, List<Path> files) throws Exception {
      List<String> all = new ArrayList<>(command);
      files.forEach(file -> all.add(file.toString()));
      return of(all);
    }

    static Output of(List<String> command) throws Exception {
      Process process =
          new ProcessBuilder(command)
              .directory(SourceTree.ROOT.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(text, process.waitFor());
    }
  }
}
