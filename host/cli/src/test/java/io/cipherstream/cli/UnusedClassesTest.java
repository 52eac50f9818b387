package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every Java file of the programs is reached from an entry point: a file is reached if a reached
 * one names it outside comments. Tests and Javadoc keep no class alive.
 */
class UnusedClassesTest {

  private static final Pattern COMMENT_OR_TEXT =
      Pattern.compile(
          "(\"\"\"[\\s\\S]*?\"\"\"|\"(?:[^\"\\\\\\n]++|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.[^']*)')"
              + "|//[^\\n]*|/\\*[\\s\\S]*?\\*/");
  private static final Pattern WORD = Pattern.compile("\\w+");

  /** Started by the JVM or by JMH. */
  private static final Pattern ENTRY = Pattern.compile("static void main\\(|@Benchmark\\b");

  /**
   * What the RTL of the clusters was written from, and what its tests hold it against; no program
   * runs it.
   */
  private static final Set<String> ORACLES = Set.of("CoreInterpreter");

  @Test
  void everyClassIsReachedFromAnEntryPoint() {
    List<Path> files = SourceTree.files(SourceTree.ROOT, UnusedClassesTest::isMain);
    assertThat(files).hasSizeGreaterThan(500);
    assertThat(unreached(files, namedByTheBuild())).isEqualTo(ORACLES);
  }

  @Test
  void anUnusedClassWouldBeFound(@TempDir Path folder) throws IOException {
    write(folder, "A", "class A { public static void main(String[] a) { new B(\"//\"); C.d(); } }");
    write(folder, "B", "/** Not a {@link D}. */ class B {} // nor an E");
    write(folder, "C", "class C {}");
    write(folder, "D", "class D { E e; }");
    write(folder, "E", "class E { D d; }");
    write(folder, "F", "class F {}");
    assertThat(unreached(SourceTree.files(folder, UnusedClassesTest::isJava), Set.of("F")))
        .containsExactly("D", "E");
  }

  private static Set<String> unreached(List<Path> files, Set<String> named) {
    Map<String, Set<String>> words = new TreeMap<>();
    Deque<String> reached = new ArrayDeque<>(named);
    for (Path file : files) {
      String code = code(SourceTree.text(file));
      words.computeIfAbsent(name(file), name -> new HashSet<>()).addAll(wordsOf(code));
      if (ENTRY.matcher(code).find()) {
        reached.add(name(file));
      }
    }
    Set<String> unreached = new TreeSet<>(words.keySet());
    while (!reached.isEmpty()) {
      String next = reached.remove();
      if (unreached.remove(next)) {
        reached.addAll(words.getOrDefault(next, Set.of()));
      }
    }
    return unreached;
  }

  /** Words of build files and of what is packed beside the classes, such as service files. */
  private static Set<String> namedByTheBuild() {
    return SourceTree.files(
            SourceTree.ROOT,
            file -> file.endsWith("pom.xml") || file.toString().contains("META-INF/services/"))
        .stream()
        .flatMap(file -> wordsOf(SourceTree.text(file)).stream())
        .collect(Collectors.toSet());
  }

  private static String code(String source) {
    return COMMENT_OR_TEXT
        .matcher(source)
        .replaceAll(
            found -> found.group(1) == null ? " " : Matcher.quoteReplacement(found.group()));
  }

  private static Set<String> wordsOf(String text) {
    return WORD.matcher(text).results().map(word -> word.group()).collect(Collectors.toSet());
  }

  private static boolean isMain(Path file) {
    return isJava(file)
        && file.toString().contains("/src/main/java/")
        && !file.endsWith("package-info.java");
  }

  private static boolean isJava(Path file) {
    return file.toString().endsWith(".java");
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static void write(Path folder, String name, String source) throws IOException {
    Files.writeString(folder.resolve(name + ".java"), source);
  }
}
