package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package that comes with the repository. */
class DefaultPackageTest {

  /** Largest size of the whole package. */
  private static final long BYTES_MAX = 9_000_000;

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
  void hasTheValuesOfItsSource() {
    Path source = Shared.model("sst2-tiny-thex.safetensors");
    ModelPackage model = ModelPackage.open(folder());
    assertThat(ModelFiles.digest(source).sha256()).isEqualTo(model.manifest().source().sha256());
    ImportedModel imported = ModelImporter.importFrom(source, ImportOptions.named("sst2-tiny"));
    int[] ids = imported.tokenizer().encode("neither good nor bad , merely long");
    assertThat(model.client().tokenizer().encode("neither good nor bad , merely long"))
        .isEqualTo(ids);
    assertThat(model.plaintext(PlaintextTransformer.Reciprocal.EXACT).run(ids))
        .containsExactly(
            new PlaintextTransformer(
                    imported.encoder(),
                    imported.embeddings(),
                    PlaintextTransformer.Reciprocal.EXACT)
                .run(ids));
  }
}
