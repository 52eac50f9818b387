package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks, heads and margins in manifests, and manifests from before there were any. */
class ModelTaskTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private static ModelShape shape(Pooling pooling, Head head, List<String> labels) {
    return new ModelShape(
        1,
        8,
        2,
        8,
        20,
        RandomModel.VOCABULARY,
        Activation.GELU,
        AttentionKind.SOFTMAX,
        NormKind.FULL,
        pooling,
        head,
        labels,
        0,
        Pooler.NONE,
        1e-12);
  }

  private ImportedModel model(ModelShape shape) throws IOException {
    return ModelImporter.importFrom(
        new RandomModel(shape, 5).writeFile(folder.resolve("in")), ImportOptions.named("m"));
  }

  @Test
  void taskAndMarginAreKept() throws IOException {
    ModelTask task = new ModelTask("sts-b", ModelTask.Input.PAIR, 0.0, 5.0);
    ImportedModel model = model(shape(Pooling.CLS, Head.VALUE, List.of())).withTask(task);
    List<TokenSequence> pairs =
        List.of(new TokenSequence(new int[] {2, 7, 3, 9, 3}, new int[] {0, 0, 0, 1, 1}));
    Ranges seen =
        Calibrator.calibrate(model.encoder(), model.embeddings(), pairs, 1, (s, d, t) -> {});
    Ranges ranges =
        Calibrator.calibrate(model.encoder(), model.embeddings(), pairs, 1.5, (s, d, t) -> {});
    assertThat(ranges.margin()).isEqualTo(1.5);
    assertThat(ranges.output()).isCloseTo(1.5 * seen.output(), within(1e-12));
    assertThat(ranges.layers().get(0).preNorm2())
        .isCloseTo(1.5 * seen.layers().get(0).preNorm2(), within(1e-12));
    ModelPackage written = ModelPackage.write("m", model, ranges, folder.resolve("p"));
    ModelManifest read = ModelPackage.open(written.folder()).manifest();
    assertThat(read.task()).isEqualTo(task);
    assertThat(read.ranges()).isEqualTo(ranges);
    assertThat(read.shape().head()).isEqualTo(Head.VALUE);
    assertThat(read.shape().outputs()).isEqualTo(1);
  }

  @Test
  void manifestWithoutTheNewFieldsStillReads() throws IOException {
    for (List<String> labels : List.of(List.of("no", "yes"), List.<String>of())) {
      ModelShape shape =
          shape(Pooling.MEAN, labels.isEmpty() ? Head.EMBEDDING : Head.CLASSES, labels);
      ImportedModel model = model(shape);
      ModelManifest manifest =
          ModelPackage.write(
                  "m",
                  model,
                  Calibrator.calibrate(model, (s, d, t) -> {}),
                  folder.resolve("p" + labels.size()))
              .manifest();
      ObjectNode old = (ObjectNode) JSON.readTree(manifest.toJson());
      ((ObjectNode) old.get("shape")).remove("head");
      ((ObjectNode) old.get("ranges")).remove("margin");
      assertThat(old.has("task")).isFalse();
      assertThat(ModelManifest.fromJson(bytes(old))).isEqualTo(manifest);
    }
  }

  @Test
  void unknownHeadAndMarginBelowOneAreRefused() throws IOException {
    ImportedModel model = model(shape(Pooling.CLS, Head.VALUE, List.of()));
    ModelManifest manifest =
        ModelPackage.write(
                "m", model, Calibrator.calibrate(model, (s, d, t) -> {}), folder.resolve("p"))
            .manifest();
    ObjectNode head = (ObjectNode) JSON.readTree(manifest.toJson());
    ((ObjectNode) head.get("shape")).put("head", "spans");
    Expect.kind(ModelException.Kind.UNSUPPORTED, () -> ModelManifest.fromJson(bytes(head)))
        .hasMessageContaining("[embedding, vector, classes, labels, value]");
    ObjectNode margin = (ObjectNode) JSON.readTree(manifest.toJson());
    ((ObjectNode) margin.get("ranges")).put("margin", 0.5);
    Expect.kind(ModelException.Kind.VALUE, () -> ModelManifest.fromJson(bytes(margin)));
  }

  @Test
  void headsThatDoNotFitAreRefused() {
    Expect.kind(ModelException.Kind.SHAPE, () -> shape(Pooling.CLS, Head.VALUE, List.of("a", "b")));
    Expect.kind(ModelException.Kind.SHAPE, () -> shape(Pooling.CLS, Head.CLASSES, List.of()));
    Expect.kind(ModelException.Kind.SHAPE, () -> shape(Pooling.NONE, Head.EMBEDDING, List.of()));
  }

  @Test
  void tasksThatTheModelCannotAnswerAreRefused() throws IOException {
    ImportedModel model = model(shape(Pooling.CLS, Head.CLASSES, List.of("a", "b")));
    Expect.kind(
            ModelException.Kind.SHAPE,
            () -> model.withTask(ModelTask.of("ner", ModelTask.Input.WORDS)))
        .hasMessageContaining("pooling none");
    Expect.kind(
        ModelException.Kind.SHAPE,
        () -> model.withTask(new ModelTask("x", ModelTask.Input.TEXT, 0.0, 1.0)));
    Expect.kind(
        ModelException.Kind.VALUE, () -> new ModelTask("x", ModelTask.Input.TEXT, 2.0, 1.0));
    EmbeddingTable two = model.embeddings();
    float[] one = new float[two.width()];
    EmbeddingTable single =
        new EmbeddingTable(
            two.words(),
            two.positionTable(),
            FloatTable.of(1, two.width(), one),
            two.norm(),
            two.epsilon());
    ImportedModel alone =
        new ImportedModel(model.encoder(), single, model.tokenizer(), model.source(), "x");
    Expect.kind(
            ModelException.Kind.SHAPE,
            () -> alone.withTask(ModelTask.of("rte", ModelTask.Input.PAIR)))
        .hasMessageContaining("1 row");
    Expect.kind(
            ModelException.Kind.TOKENIZER, () -> single.embed(new int[] {2, 3}, new int[] {0, 1}))
        .hasMessageContaining("segment 1 at position 1: expected 0 to 0");
  }

  @Test
  void huggingFaceSaysTheKindOfAnswer() throws IOException {
    Path source =
        new RandomModel(shape(Pooling.CLS, Head.CLASSES, List.of("a")), 3)
            .writeFolder(folder.resolve("hf"), true);
    Path config = source.resolve("config.json");
    String said = Files.readString(config);
    String problem = "\"problem_type\":\"single_label_classification\",";
    Files.writeString(config, said.replace(problem, ""));
    assertThat(head(source)).as("one output, as transformers takes it").isEqualTo(Head.VALUE);
    Files.writeString(config, said);
    assertThat(head(source)).isEqualTo(Head.CLASSES);
    Files.writeString(config, said.replace("single_label", "multi_label"));
    assertThat(head(source)).as("any number of labels").isEqualTo(Head.LABELS);
    Path two =
        new RandomModel(shape(Pooling.CLS, Head.CLASSES, List.of("a", "b")), 3)
            .writeFolder(folder.resolve("two"), true);
    Files.writeString(
        two.resolve("config.json"),
        Files.readString(two.resolve("config.json"))
            .replace("single_label_classification", "regression"));
    Expect.kind(ModelException.Kind.UNSUPPORTED, () -> head(two))
        .hasMessageContaining("regression with 2 values");
  }

  private static Head head(Path source) {
    return ModelImporter.importFrom(source, ImportOptions.named("m")).encoder().shape().head();
  }

  private static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
