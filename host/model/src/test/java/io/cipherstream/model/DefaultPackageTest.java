package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The package that comes with the repository. */
@Tag("slow")
class DefaultPackageTest {

  /** Largest size of the whole package. */
  private static final long BYTES_MAX = 9_000_000;

  /** What full THE-X reached when the package was made, less what a last digit may change. */
  private static final double ACCURACY_MIN = 0.84;

  private static Path folder() {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("deploy/models/sst2-tiny"))) {
      folder = Objects.requireNonNull(folder.getParent(), "no deploy/models/sst2-tiny above");
    }
    return folder.resolve("deploy/models/sst2-tiny");
  }

  @Test
  void isWholeAndSmallAndRuns() throws IOException {
    ModelPackage model = ModelPackage.open(folder());
    assertThat(model.manifest().modes()).containsExactly("paper", "compact");
    assertThat(model.manifest().licence()).isEqualTo("Apache-2.0");
    try (Stream<Path> files = Files.walk(folder())) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum())
          .isLessThanOrEqualTo(BYTES_MAX);
    }
    PlaintextTransformer pass = model.plaintext(PlaintextTransformer.Reciprocal.HINGES);
    double[] good = pass.run(model.client().tokenizer().encode("a wonderful , moving film"));
    double[] bad = pass.run(model.client().tokenizer().encode("a dull , pointless mess"));
    assertThat(good[1] - good[0]).isGreaterThan(1);
    assertThat(bad[0] - bad[1]).isGreaterThan(1);
  }

  @Test
  void answersTheDevelopmentSetAsWhenItWasMade() throws IOException {
    List<String> lines = Files.readAllLines(Shared.model("sst2-dev.tsv"));
    ModelPackage model = ModelPackage.open(folder());
    BertTokenizer tokenizer = model.client().tokenizer();
    PlaintextTransformer pass = model.plaintext(PlaintextTransformer.Reciprocal.HINGES);
    long right =
        lines.stream()
            .skip(1)
            .filter(
                line -> {
                  int tab = line.lastIndexOf('\t');
                  double[] logits = pass.run(tokenizer.encode(line.substring(0, tab)));
                  return (logits[1] > logits[0]) == line.substring(tab + 1).equals("1");
                })
            .count();
    double accuracy = (double) right / (lines.size() - 1);
    System.out.printf("sst2-tiny on SST-2's development set: %.4f%n", accuracy);
    assertThat(accuracy).isGreaterThan(ACCURACY_MIN);
  }
}
