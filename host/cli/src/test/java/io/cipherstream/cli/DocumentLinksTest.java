package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links, anchors and paths in the tree's Markdown pages lead somewhere. */
class DocumentLinksTest {

  private static final Path ROOT = SourceTree.ROOT;
  private static final Pattern FENCE = Pattern.compile("^\\s*```.*");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern DEFINITION = Pattern.compile("^\\s*\\[[^]]+]:\\s+<?([^\\s>]+)>?");
  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
  private static final Pattern EXTERNAL = Pattern.compile("^(https?|mailto):.*");

  /** A folder beside the tree, or a folder of one machine. */
  private static final Pattern OUTSIDE =
      Pattern.compile("(?<![\\w./-])((\\.\\./)+shared|shared/|/(home|root|srv|mnt)/)\\S*");

  @Test
  void everyLinkLeadsToAFileAndAHeading() {
    assertThat(pages(ROOT)).hasSizeGreaterThan(30);
    assertThat(brokenLinks(ROOT)).isEmpty();
  }

  @Test
  void noPageNamesAPathOutsideTheTree() {
    assertThat(pathsOutside(ROOT)).isEmpty();
  }

  @Test
  void everyPathThatTheArchitectureNamesIsThere() {
    Page page = Page.read(ROOT.resolve("docs/architecture.md"));
    Set<String> links = new HashSet<>(page.links());
    assertThat(links.stream().filter(link -> link.endsWith(".java"))).hasSizeGreaterThan(50);
    List<String> named =
        page.code().stream().filter(code -> code.matches("[\\w.-]+(/[\\w.-]+)+/?")).toList();
    assertThat(named).isNotEmpty().allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
  }

  @Test
  void everyModuleHasAPage() throws IOException {
    Matcher module =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    List<String> modules = new ArrayList<>();
    while (module.find()) {
      modules.add(module.group(1));
    }
    assertThat(modules)
        .hasSizeGreaterThan(10)
        .allSatisfy(name -> assertThat(ROOT.resolve(name).resolve("README.md")).exists());
  }

  @Test
  void brokenLinksAndPathsOutsideWouldBeFound(@TempDir Path tree) throws IOException {
    Files.createDirectories(tree.resolve("a/target"));
    Files.writeString(tree.resolve("a/target/built.md"), "[not looked at](nowhere)");
    Files.writeString(tree.resolve("b.md"), "# One `two`, three\n## Again\n## Again\n");
    Files.writeString(
        tree.resolve("a/page.md"),
        """
        [good](../b.md) [good](../b.md#one-two-three) [good](../b.md#again-1) [good](#here)
        [file](missing.md) [heading](../b.md#four) [own](#there) [out](../../b.md)
        [site](https://example.org/x) `[code](nowhere)`
        ```
        [fenced](nowhere)
        ```
        # Here
        see `shared/models` and /home/someone/models, not a/shared/b or "shared with"
        """);
    assertThat(brokenLinks(tree))
        .containsExactlyInAnyOrder(
            "a/page.md: missing.md: no such file",
            "a/page.md: ../b.md#four: no such heading",
            "a/page.md: #there: no such heading",
            "a/page.md: ../../b.md: outside the tree");
    assertThat(pathsOutside(tree))
        .containsExactlyInAnyOrder("a/page.md: shared/models`", "a/page.md: /home/someone/models,");
  }

  private static List<String> brokenLinks(Path root) {
    List<String> broken = new ArrayList<>();
    for (Path file : pages(root)) {
      Page page = Page.read(file);
      for (String link : page.links()) {
        if (!EXTERNAL.matcher(link).matches()) {
          String fault = fault(root, page, link);
          if (!fault.isEmpty()) {
            broken.add(root.relativize(file) + ": " + link + ": " + fault);
          }
        }
      }
    }
    return broken;
  }

  private static String fault(Path root, Page page, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = page.file().resolveSibling(path).normalize();
    if (path.isEmpty()) {
      target = page.file();
    } else if (!target.startsWith(root)) {
      return "outside the tree";
    } else if (!Files.exists(target)) {
      return "no such file";
    }
    if (hash >= 0 && !Page.read(target).anchors().contains(link.substring(hash + 1))) {
      return "no such heading";
    }
    return "";
  }

  private static List<String> pathsOutside(Path root) {
    List<String> outside = new ArrayList<>();
    for (Path file : pages(root)) {
      Matcher path = OUTSIDE.matcher(SourceTree.text(file));
      while (path.find()) {
        outside.add(root.relativize(file) + ": " + path.group());
      }
    }
    return outside;
  }

  private static List<Path> pages(Path root) {
    return SourceTree.files(root, file -> file.toString().endsWith(".md"));
  }

  /**
   * One page.
   *
   * @param links targets of links, outside code
   * @param code what stands between backticks
   * @param anchors names of headings, as GitHub makes them
   */
  private record Page(Path file, List<String> links, List<String> code, Set<String> anchors) {

    static Page read(Path file) {
      Page page = new Page(file, new ArrayList<>(), new ArrayList<>(), new HashSet<>());
      Map<String, Integer> headings = new HashMap<>();
      boolean fenced = false;
      for (String line : SourceTree.text(file).lines().toList()) {
        if (FENCE.matcher(line).matches()) {
          fenced = !fenced;
        } else if (!fenced) {
          page.add(line, headings);
        }
      }
      return page;
    }

    private void add(String line, Map<String, Integer> headings) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        String anchor = anchor(heading.group(1));
        int before = headings.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
      CODE.matcher(line).results().forEach(span -> code.add(span.group(1)));
      String prose = CODE.matcher(line).replaceAll("code");
      LINK.matcher(prose).results().forEach(link -> links.add(link.group(1)));
      DEFINITION.matcher(prose).results().forEach(link -> links.add(link.group(1)));
    }

    /** Lower case, punctuation left out, spaces as hyphens; a link counts by its text. */
    private static String anchor(String heading) {
      return heading
          .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
          .toLowerCase(Locale.ROOT)
          .replaceAll("[^\\p{L}\\p{N} _-]", "")
          .replace(' ', '-');
    }
  }
}
