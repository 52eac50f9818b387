package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.model.ClientPackage;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.Question;
import io.cipherstream.model.SafetensorsFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedPackageTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CQ", "CP", "CS", "CA", "AA", "CT", "AS", "AP", "AQ", "CQ-kan2", "CP-kan8", "CT-kan2"
      })
  void whatIsWrittenIsRead(String spec) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(30, seed);
    SealedEncoder encoder = random.encoder(spec, 3);
    SealedManifest manifest = random.manifest(encoder);
    SealedPackage.write("own", random.model(encoder), manifest, 40, folder.resolve("own"));
    ModelPackage found = new ModelRepository(List.of(folder)).find("own");
    assertThat(found.manifest().formatVersion()).isEqualTo(ModelManifest.FORMAT_VERSION_SEALED);
    boolean runs = spec.startsWith("C") || spec.equals("AA");
    assertThat(found.manifest().modes()).isEqualTo(runs ? List.of("sealed") : List.of());
    assertThat(found.manifest().notes()).hasSize(runs ? 1 : 2);
    SealedPackage read = SealedPackage.of(found);
    assertThat(read.manifest()).isEqualTo(manifest);
    assertThat(read.manifest().headRoomBits()).isPositive();
    Question question =
        spec.startsWith("CT")
            ? Question.Words.of("word7 word9 word7")
            : new Question.Text("word7 word9 word7");
    int[] ids = found.questions().encode(question).tokens().ids();
    assertThat(read.plaintext().rows(found.client().embeddings().embed(ids)))
        .isDeepEqualTo(new SealedPass(encoder).rows(random.embeddings.embed(ids)))
        .hasNumberOfRows(spec.startsWith("CT") ? ids.length : 1);
    assertThatThrownBy(found::encoder)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model own is sealed");
  }

  /** A sealed model keeps its weights from the client: nothing of them may lie in its half. */
  @Test
  void theClientsHalfHoldsTokenizerAndEmbeddingsAlone() throws IOException {
    RandomSealed random = new RandomSealed(30, 5);
    SealedEncoder encoder = random.encoder("CQ", 2);
    SealedPackage written =
        SealedPackage.write(
            "own", random.model(encoder), random.manifest(encoder), 40, folder.resolve("own"));
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    written.files().client().writeZip(zip);
    Path target = folder.resolve("client");
    ClientPackage.readZip(new ByteArrayInputStream(zip.toByteArray()), target);
    try (Stream<Path> files = Files.walk(target)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> target.relativize(f).toString()))
          .containsExactlyInAnyOrder(
              "manifest.json", "client/embeddings.safetensors", "client/vocab.txt");
    }
    try (SafetensorsFile tensors =
        SafetensorsFile.open(target.resolve("client/embeddings.safetensors"))) {
      assertThat(tensors.names())
          .containsExactlyInAnyOrder(
              "bert.embeddings.word_embeddings.weight",
              "bert.embeddings.position_embeddings.weight",
              "bert.embeddings.token_type_embeddings.weight",
              "bert.embeddings.LayerNorm.weight",
              "bert.embeddings.LayerNorm.bias");
    }
  }

  @Test
  void aModelWithNeitherCertificateNorSentinelsIsNotPacked() {
    RandomSealed random = new RandomSealed(30, 6);
    SealedManifest good = random.manifest(random.encoder("AA", 2));
    assertThat(good.sentinels()).hasSize(5);
    assertThatThrownBy(() -> SealedManifest.of(good.spec(), good.ranges(), null, List.of()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("neither certificate nor sentinels");
    assertThatThrownBy(
            () ->
                SealedManifest.fromJson(
                    ((ObjectNode) good.toJson())
                        .set("sentinels", new ObjectMapper().createArrayNode())))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("neither certificate nor sentinels");
  }

  /** One neuron beyond its edges' interval changes no mean square of pre-activations. */
  @Test
  void edgesOfAHighDegreeAreNotPackedWithoutASentinelOfTheirOwn() {
    RandomSealed random = new RandomSealed(30, 6);
    SealedManifest good = random.manifest(random.encoder("CP-kan8", 2));
    List<Sentinel> others =
        good.sentinels().stream().filter(s -> s.quantity() != Quantity.MIDDLE_FEATURE).toList();
    assertThat(others).hasSize(good.sentinels().size() - 1);
    assertThatThrownBy(() -> SealedManifest.of(good.spec(), good.ranges(), null, others))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("spec CP-kan8 without a sentinel of its middle-feature");
    SealedManifest two = random.manifest(random.encoder("CP-kan2", 2));
    assertThat(two.sentinels()).noneMatch(s -> s.quantity() == Quantity.MIDDLE_FEATURE);
  }

  @Test
  void sentinelsTellTextsOutOfRange() {
    RandomSealed random = new RandomSealed(30, 7);
    SealedEncoder encoder = random.encoder("AA", 2);
    SealedManifest manifest = random.manifest(encoder);
    double[][] x = random.embeddings.embed(random.text(5));
    RangeSurvey within = RangeSurvey.of(encoder, x);
    assertThat(manifest.sentinels()).allMatch(s -> s.value(within) < 1);
    for (double[] row : x) {
      for (int j = 0; j < row.length; j++) {
        row[j] *= 20;
      }
    }
    RangeSurvey beyond = RangeSurvey.of(encoder, x);
    assertThat(manifest.sentinels()).allMatch(s -> s.value(beyond) > 1);
  }

  @Test
  void weightsOfAnotherSpecAreRefused() {
    RandomSealed random = new RandomSealed(30, 8);
    SealedEncoder encoder = random.encoder("CQ", 2);
    SealedManifest other = random.manifest(random.encoder("CP", 2));
    assertThatThrownBy(
            () ->
                SealedPackage.write("own", random.model(encoder), other, 40, folder.resolve("own")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("a manifest of spec CP for a model of spec CQ");
    Path file = folder.resolve("w.safetensors");
    SealedTensors.write(random.encoder("CP", 2), file);
    assertThatThrownBy(() -> SealedTensors.read(file, encoder.shape(), encoder.spec()))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("has tensors that spec CQ has not");
  }
}
