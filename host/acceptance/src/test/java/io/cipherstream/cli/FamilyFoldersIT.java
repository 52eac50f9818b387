package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders that transformers saved, with two commands: import, and an encrypted answer that is
 * transformers' own.
 */
@Tag("native")
@Tag("slow")
class FamilyFoldersIT {

  private static final double TOLERANCE = 1e-3;

  @TempDir private Path home;
  private Programs programs;
  private Path families;

  @BeforeEach
  void prepare() throws IOException {
    programs = new Programs(home);
    families = programs.root().resolve("host/model/src/test/resources/families");
  }

  private List<JsonNode> expected(String name) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    Json.MAPPER
        .readTree(families.resolve(name).resolve("expected.json").toFile())
        .forEach(out::add);
    return out;
  }

  private void importFolder(Path folder, String name) throws Exception {
    Programs.Finished done = programs.run("model", "import", "" + folder, "--name", name);
    assertThat(done.exitCode()).as(done.err()).isZero();
  }

  private JsonNode classified(String model, JsonNode texts) throws Exception {
    List<String> line = new ArrayList<>(List.of("classify", "--json", "--model", model));
    line.addAll(List.of("--text", texts.path(0).asText()));
    if (texts.size() == 2) {
      line.addAll(List.of("--pair", texts.path(1).asText()));
    }
    Programs.Finished done = programs.run(line.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(0);
  }

  /** MPNet's attention by relative position, in shards of bfloat16. */
  @Test
  void relativePositions() throws Exception {
    importFolder(families.resolve("mpnet"), "mpnet");
    JsonNode expected = expected("mpnet").get(2);
    JsonNode answer = classified("mpnet", expected.path("texts"));
    near(answer.path("logits"), expected.path("output"));
  }

  /** A folder of sentence-transformers with a matrix behind the mean: embed gives its rows. */
  @Test
  void aMatrixBehindTheMean() throws Exception {
    importFolder(families.resolve("sentences-dense"), "dense");
    JsonNode expected = expected("sentences-dense").get(0);
    Programs.Finished done =
        programs.run(
            "embed",
            "--json",
            "--model",
            "dense",
            "--text",
            expected.path("texts").path(0).asText());
    assertThat(done.exitCode()).as(done.err()).isZero();
    near(done.json().get(0).path("embedding"), expected.path("output"));
  }

  private static void near(JsonNode logits, JsonNode expected) {
    assertThat(logits).hasSameSizeAs(expected);
    for (int k = 0; k < expected.size(); k++) {
      System.out.printf(
          "error %.1e%n", Math.abs(logits.get(k).asDouble() - expected.get(k).asDouble()));
      assertThat(logits.get(k).asDouble()).isCloseTo(expected.get(k).asDouble(), within(TOLERANCE));
    }
  }

  @Test
  void aPairToDistilBert() throws Exception {
    importFolder(families.resolve("distilbert"), "distil");
    JsonNode expected = expected("distilbert").get(5);
    JsonNode answer = classified("distil", expected.path("texts"));
    near(answer.path("logits"), expected.path("output"));
    assertThat(answer.path("label").asText()).isIn("bad", "good", "fair");
  }

  /** Of RoBERTa in two shards, as a model whose labels do not exclude each other. */
  @Test
  void anyNumberOfLabels() throws Exception {
    Path folder = Files.createDirectories(home.resolve("several"));
    try (var files = Files.list(families.resolve("roberta"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path config = folder.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\\{", "{\"problem_type\": \"multi_label_classification\","));
    importFolder(folder, "several");
    JsonNode expected = expected("roberta").get(2);
    JsonNode answer = classified("several", expected.path("texts"));
    near(answer.path("logits"), expected.path("output"));
    List<String> holding = new ArrayList<>();
    List<String> names = List.of("bad", "good", "fair");
    for (int k = 0; k < names.size(); k++) {
      double logit = answer.path("logits").get(k).asDouble();
      assertThat(answer.path("probabilities").get(k).asDouble())
          .isCloseTo(1 / (1 + Math.exp(-logit)), within(1e-9));
      if (logit >= 0) {
        holding.add(names.get(k));
      }
    }
    assertThat(answer.path("labels")).extracting(JsonNode::asText).isEqualTo(holding);
    String text = expected.path("texts").path(0).asText();
    Path data =
        Files.writeString(
            home.resolve("dev.tsv"),
            "sentence\tlabels\n" + text + "\t" + String.join(",", holding) + "\n");
    Programs.Finished scored =
        programs.run(
            "evaluate",
            "--model",
            "several",
            "--data",
            "" + data,
            "--json",
            "--engine",
            "simulate");
    assertThat(scored.exitCode()).as(scored.err()).isZero();
    assertThat(scored.json().get(1).path("exactMatch").asDouble()).isEqualTo(1);
  }

  /** Rows of an encoder as they are, not scaled to length 1: an embedding all the same. */
  @Test
  void aMeanThatIsNotNormalised() throws Exception {
    Path folder = families.resolve("distilbert-hidden");
    Programs.Finished imported =
        programs.run(
            "model",
            "import",
            "" + folder,
            "--name",
            "mean",
            "--pooling",
            "mean",
            "--normalize",
            "false");
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    JsonNode expected = expected("distilbert-hidden").get(0);
    JsonNode rows = expected.path("output");
    ArrayNode mean = Json.MAPPER.createArrayNode();
    for (int j = 0; j < rows.get(0).size(); j++) {
      double sum = 0;
      for (JsonNode row : rows) {
        sum += row.get(j).asDouble();
      }
      mean.add(sum / rows.size());
    }
    Programs.Finished done =
        programs.run(
            "embed",
            "--json",
            "--model",
            "mean",
            "--text",
            expected.path("texts").path(0).asText());
    assertThat(done.exitCode()).as(done.err()).isZero();
    near(done.json().get(0).path("embedding"), mean);
  }
}
