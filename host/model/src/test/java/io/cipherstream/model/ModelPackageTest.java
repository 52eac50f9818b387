package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPackageTest {

  @TempDir private Path folder;
  private ModelRepository repository;
  private Path source;

  @BeforeEach
  void sources() throws IOException {
    source = new RandomModel(ImportErrorsTest.smallShape(), 11).writeFile(folder.resolve("in"));
    repository = new ModelRepository(List.of(folder.resolve("own"), folder.resolve("given")));
  }

  private ModelPackage imported(String name) {
    return repository.importModel(source, ImportOptions.named(name).withLicence("Apache-2.0"));
  }

  @Test
  void importWritesAPackageThatGivesTheSameAnswers() {
    List<String> steps = new ArrayList<>();
    ModelPackage written =
        repository.importModel(
            source,
            ImportOptions.named("tiny")
                .withProgress(
                    (step, done, total) -> {
                      synchronized (steps) {
                        steps.add(step);
                      }
                    }));
    assertThat(steps).contains("read", "calibrate", "write");
    ModelManifest manifest = written.manifest();
    assertThat(manifest.modes()).containsExactly("paper", "compact");
    assertThat(manifest.notes()).isEmpty();
    assertThat(manifest.tokenClasses()).containsExactly(16, 32);
    assertThat(manifest.tokensMax()).isEqualTo(20);
    assertThat(manifest.licence()).isEqualTo("unknown");
    assertThat(manifest.files().keySet())
        .containsExactly(
            "NOTICE.txt",
            "client/embeddings.safetensors",
            "client/vocab.txt",
            "weights.safetensors");
    assertThat(manifest.source().format()).isEqualTo("safetensors");
    ImportedModel direct = ModelImporter.importFrom(source, ImportOptions.named("tiny"));
    int[] ids = written.client().tokenizer().encode("word7 word8 unheard-of");
    assertThat(written.plaintext(PlaintextTransformer.Reciprocal.HINGES).run(ids))
        .containsExactly(new PlaintextTransformer(direct.encoder(), direct.embeddings()).run(ids));
    assertThat(repository.list(ModelPackageTest::unreadable).keySet()).containsExactly("tiny");
    assertThat(repository.find("tiny").manifest()).isEqualTo(manifest);
  }

  @Test
  void theFormerNameOfAModeIsReadAsThePresentOneWithANote() throws IOException {
    ModelPackage written = imported("tiny");
    String json = new String(written.manifest().toJson(), StandardCharsets.UTF_8);
    ModelManifest old =
        ModelManifest.fromJson(
            json.replaceFirst("\"paper\", \"compact\"", "\"assisted\"")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(old.modes()).containsExactly("hybrid");
    assertThat(old.notes()).containsExactly(ModelModes.ASSISTED_NOTE);
    assertThat(ModelManifest.fromJson(old.toJson())).isEqualTo(old);
  }

  @Test
  void sameSourceGivesSameBytes() throws IOException {
    Path first = imported("same").folder();
    ModelRepository other = new ModelRepository(List.of(folder.resolve("again")));
    Path second =
        other.importModel(source, ImportOptions.named("same").withLicence("Apache-2.0")).folder();
    for (String file : List.of("manifest.json", "weights.safetensors", "NOTICE.txt")) {
      assertThat(first.resolve(file)).hasSameBinaryContentAs(second.resolve(file));
    }
  }

  @Test
  void changedFileIsNoticed() throws IOException {
    for (String file : List.of("weights.safetensors", "client/vocab.txt", "NOTICE.txt")) {
      Path written = imported("m" + file.length()).folder();
      byte[] bytes = Files.readAllBytes(written.resolve(file));
      bytes[bytes.length - 1] ^= 1;
      Files.write(written.resolve(file), bytes);
      Expect.kind(ModelException.Kind.DIGEST, () -> ModelPackage.open(written))
          .hasMessageContaining(file);
    }
  }

  @Test
  void missingFileIsNoticed() throws IOException {
    Path written = imported("gone").folder();
    Files.delete(written.resolve("weights.safetensors"));
    Expect.kind(ModelException.Kind.NOT_FOUND, () -> repository.find("gone"));
  }

  @Test
  void pathOutsideThePackageIsRefused() throws IOException {
    Path written = imported("path").folder();
    Path manifest = written.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"NOTICE.txt\"", "\"../../in/vocab.txt\""));
    Expect.kind(ModelException.Kind.MALFORMED, () -> ModelPackage.open(written))
        .hasMessageContaining("outside its folder");
  }

  @Test
  void planIsKeptAndOtherPartsAreNot() {
    ModelPackage written = imported("planned");
    ObjectNode plan = new ObjectMapper().createObjectNode().put("rounds", 4);
    ModelManifest changed = written.manifest().withPlan(plan).withParameterSet("N16384");
    written.replaceManifest(changed);
    ModelManifest read = repository.find("planned").manifest();
    assertThat(read.plan()).isEqualTo(plan);
    assertThat(read.parameterSet()).isEqualTo("N16384");
    assertThat(read).isEqualTo(changed);
    ModelPackage other = imported("other");
    Expect.kind(ModelException.Kind.MALFORMED, () -> other.replaceManifest(written.manifest()));
  }

  @Test
  void clientPackageRoundTrip() throws IOException {
    ModelPackage written = imported("client");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    written.client().writeZip(zip);
    Path target = folder.resolve("there/client");
    for (int time = 0; time < 2; time++) {
      ClientPackage read =
          ClientPackage.readZip(new ByteArrayInputStream(zip.toByteArray()), target);
      assertThat(read.manifest()).isEqualTo(written.manifest());
      int[] ids = read.tokenizer().encode("word5 word6");
      assertThat(read.embeddings().embed(ids))
          .isDeepEqualTo(written.client().embeddings().embed(ids));
    }
    assertThat(Files.exists(target.resolve("weights.safetensors"))).isFalse();
    assertThat(ClientPackage.open(target).tokenizer().tokensMax()).isEqualTo(20);
  }

  @Test
  void failedDownloadLeavesTheOldClientPackage() throws IOException {
    ModelPackage written = imported("kept");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    written.client().writeZip(zip);
    Path target = folder.resolve("there");
    ClientPackage.readZip(new ByteArrayInputStream(zip.toByteArray()), target);
    byte[] cut = Arrays.copyOf(zip.toByteArray(), zip.size() / 2);
    Expect.kind(
        ModelException.Kind.TRUNCATED,
        () -> ClientPackage.readZip(new ByteArrayInputStream(cut), target));
    assertThat(ClientPackage.open(target).manifest()).isEqualTo(written.manifest());
  }

  @Test
  void zipWithForeignEntryOrBombIsRefused() throws IOException {
    ModelManifest manifest = imported("zip").manifest();
    Path target = folder.resolve("zip-there");
    byte[] slip = zip(manifest, "../evil", new byte[3]);
    Expect.kind(
            ModelException.Kind.MALFORMED,
            () -> ClientPackage.readZip(new ByteArrayInputStream(slip), target))
        .hasMessageContaining("../evil");
    byte[] bomb = zip(manifest, "client/vocab.txt", new byte[50 << 20]);
    assertThat(bomb.length).isLessThan(1 << 20);
    Expect.kind(
            ModelException.Kind.SHAPE,
            () -> ClientPackage.readZip(new ByteArrayInputStream(bomb), target))
        .hasMessageContaining("longer than");
    assertThat(Files.exists(target)).isFalse();
    assertThat(Files.exists(folder.resolve("evil"))).isFalse();
  }

  private static byte[] zip(ModelManifest manifest, String name, byte[] content)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("manifest.json"));
      zip.write(manifest.toJson());
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return bytes.toByteArray();
  }

  @Test
  void badNamesAreRefused() {
    for (String name : List.of("", "A", "../up", "a/b", ".hidden", "x".repeat(65), "ü", "a b")) {
      Expect.kind(ModelException.Kind.NAME, () -> imported(name));
      Expect.kind(ModelException.Kind.NAME, () -> repository.find(name));
    }
    assertThat(Files.exists(folder.resolve("own"))).isFalse();
  }

  @Test
  void unknownModelSaysWhichThereAre() {
    imported("one");
    Expect.kind(ModelException.Kind.NOT_FOUND, () -> repository.find("two"))
        .hasMessageContaining("[one]");
    assertThat(repository.has("one")).isTrue();
    assertThat(repository.has("two")).isFalse();
  }

  @Test
  void existingModelIsNotOverwritten() throws IOException {
    Path written = imported("taken").folder();
    byte[] before = Files.readAllBytes(written.resolve("manifest.json"));
    Expect.kind(ModelException.Kind.EXISTS, () -> imported("taken"));
    assertThat(written.resolve("manifest.json")).hasBinaryContent(before);
  }

  @Test
  void failedImportLeavesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(source);
    Files.write(source, Arrays.copyOf(bytes, bytes.length / 2));
    Expect.kind(ModelException.Kind.TRUNCATED, () -> imported("broken"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("in"));
    }
  }

  @Test
  void earlierFolderHidesLaterOne() {
    ModelRepository given = new ModelRepository(List.of(folder.resolve("given")));
    given.importModel(source, ImportOptions.named("twice").withLicence("given"));
    assertThat(repository.find("twice").manifest().licence()).isEqualTo("given");
    given.importModel(source, ImportOptions.named("only-given"));
    new ModelRepository(List.of(folder.resolve("own")))
        .importModel(source, ImportOptions.named("twice").withLicence("own"));
    assertThat(repository.find("twice").manifest().licence()).isEqualTo("own");
    assertThat(repository.list(ModelPackageTest::unreadable).get("twice").licence())
        .isEqualTo("own");
    assertThat(repository.list(ModelPackageTest::unreadable).keySet())
        .containsExactly("only-given", "twice");
  }

  @Test
  void manifestOfAnotherVersionOrWithoutPartsIsRefused() {
    ModelManifest manifest = imported("json").manifest();
    String json = new String(manifest.toJson(), StandardCharsets.UTF_8);
    assertThat(ModelManifest.fromJson(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(manifest);
    Expect.kind(
        ModelException.Kind.UNSUPPORTED,
        () -> parse(json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 4")));
    Expect.kind(
        ModelException.Kind.MALFORMED,
        () -> parse(json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 3")));
    Expect.kind(
        ModelException.Kind.MALFORMED, () -> parse(json.replace("\"ranges\"", "\"rangs\"")));
    Expect.kind(
        ModelException.Kind.SHAPE, () -> parse(json.replace("\"heads\" : 3", "\"heads\" : 5")));
    Expect.kind(ModelException.Kind.MALFORMED, () -> parse("[]"));
    Expect.kind(ModelException.Kind.MALFORMED, () -> parse(""));
    Expect.kind(ModelException.Kind.MALFORMED, () -> parse("null"));
  }

  private static ModelManifest parse(String json) {
    return ModelManifest.fromJson(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void unreadable(String name, ModelException e) {
    throw new AssertionError(name, e);
  }

  @Test
  void aBrokenManifestHidesNoOtherModel() throws IOException {
    imported("good");
    Path damaged = Files.createDirectories(folder.resolve("own/broken"));
    Files.writeString(damaged.resolve(ModelManifest.FILE), "{");
    List<String> broken = new ArrayList<>();
    assertThat(repository.list((name, e) -> broken.add(name + ": " + e.kind())).keySet())
        .containsExactly("good");
    assertThat(broken).containsExactly("broken: MALFORMED");
  }
}
