package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The version in pom.xml and the change log's headings agree, as CONTRIBUTING.md has a release
 * made.
 */
class ReleaseTest {

  private static final Pattern REVISION =
      Pattern.compile("<revision>(\\d+\\.\\d+\\.\\d+)(-SNAPSHOT)?</revision>");
  private static final Pattern RELEASE =
      Pattern.compile("## (\\d+\\.\\d+\\.\\d+) – (\\d{4}-\\d{2}-\\d{2})");
  private static final Comparator<Version> ORDER = Comparator.naturalOrder();

  private static final Path POM = SourceTree.ROOT.resolve("pom.xml");

  /** A dated heading of the change log. */
  private record Release(Version version, LocalDate date) {}

  @Test
  void theVersionIsThatOfTheNewestReleaseOrASnapshotAfterIt() {
    Matcher revision = REVISION.matcher(SourceTree.text(POM));
    assertThat(revision.find()).as("a revision in pom.xml").isTrue();
    Version version = Version.parse(revision.group(1));
    Version newest = releases().get(0).version();
    if (revision.group(2) == null) {
      assertThat(version).isEqualTo(newest);
    } else {
      assertThat(version).usingComparator(ORDER).isGreaterThan(newest);
    }
  }

  @Test
  void theChangeLogBeginsWithWhatIsUnreleasedAndGoesBackInTime() {
    assertThat(headings("## ").get(0)).isEqualTo("## Unreleased");
    List<Release> releases = releases();
    for (int i = 1; i < releases.size(); i++) {
      assertThat(releases.get(i).version())
          .usingComparator(ORDER)
          .isLessThan(releases.get(i - 1).version());
      assertThat(releases.get(i).date()).isBeforeOrEqualTo(releases.get(i - 1).date());
    }
    assertThat(headings("### ")).isSubsetOf("### Added", "### Changed", "### Removed", "### Fixed");
  }

  @Test
  void theChartRepeatsTheVersion() {
    Matcher revision = REVISION.matcher(SourceTree.text(POM));
    assertThat(revision.find()).isTrue();
    String version = revision.group(1) + Objects.requireNonNullElse(revision.group(2), "");
    assertThat(SourceTree.text(SourceTree.ROOT.resolve("deploy/helm/cipherstream/Chart.yaml")))
        .contains("\nversion: " + version + "\n", "\nappVersion: " + version + "\n");
  }

  @Test
  void everyModuleTakesTheVersionFromTheRoot() {
    List<Path> poms =
        SourceTree.files(SourceTree.ROOT, file -> file.getFileName().toString().equals("pom.xml"));
    assertThat(poms)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            pom ->
                assertThat(SourceTree.text(pom))
                    .containsPattern(
                        "<artifactId>cipherstream(-seal-native)?</artifactId>\\s*<version>\\$\\{revision}</version>"));
  }

  private static List<Release> releases() {
    List<Release> releases = new ArrayList<>();
    for (String heading : headings("## ")) {
      if (!heading.equals("## Unreleased")) {
        Matcher release = RELEASE.matcher(heading);
        assertThat(release.matches()).as("'%s': a version and its date", heading).isTrue();
        releases.add(
            new Release(Version.parse(release.group(1)), LocalDate.parse(release.group(2))));
      }
    }
    assertThat(releases).isNotEmpty();
    return releases;
  }

  private static List<String> headings(String level) {
    return SourceTree.text(SourceTree.ROOT.resolve("CHANGELOG.md"))
        .lines()
        .filter(line -> line.startsWith(level))
        .toList();
  }
}
