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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  @TempDir private static Path home;
  private static Programs programs;
  private static Path families;
  private static Programs.Served served;

  /** One appliance of all that is imported. */
  @BeforeAll
  static void start() throws Exception {
    programs = new Programs(home).inOneProcess();
    families = programs.root().resolve("host/model/src/test/resources/families");
    importFolder(families.resolve("mpnet"), "mpnet");
    importFolder(families.resolve("sentences-dense"), "dense");
    importFolder(families.resolve("distilbert"), "distil");
    importFolder(severalLabels(), "several");
    importFolder(
        families.resolve("distilbert-hidden"), "mean", "--pooling", "mean", "--normalize", "false");
    served =
        programs.serve(
            "--models", home.resolve("models").toString(), "--set", "compute.warmUp=false");
  }

  @AfterAll
  static void stop() {
    if (served != null) {
      served.close();
    }
    programs.close();
  }

  /** RoBERTa in two shards, as a model whose labels do not exclude each other. */
  private static Path severalLabels() throws IOException {
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
    return folder;
  }

  private static List<JsonNode> expected(String name) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    Json.MAPPER
        .readTree(families.resolve(name).resolve("expected.json").toFile())
        .forEach(out::add);
    return out;
  }

  private static void importFolder(Path folder, String name, String... more) throws Exception {
    List<String> line = new ArrayList<>(List.of("model", "import", "" + folder, "--name", name));
    line.addAll(List.of(more));
    Programs.Finished done = programs.run(line.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
  }

  private JsonNode classified(String model, JsonNode texts) throws Exception {
    List<String> line = new ArrayList<>(List.of("classify", "--json", "--model", model));
    line.addAll(List.of("--url", served.state().url().toString()));
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
    JsonNode expected = expected("mpnet").get(2);
    JsonNode answer = classified("mpnet", expected.path("texts"));
    near(answer.path("logits"), expected.path("output"));
  }

  /** A folder of sentence-transformers with a matrix behind the mean: embed gives its rows. */
  @Test
  void aMatrixBehindTheMean() throws Exception {
    JsonNode expected = expected("sentences-dense").get(0);
    near(embedded("dense", expected), expected.path("output"));
  }

  private static JsonNode embedded(String model, JsonNode expected) throws Exception {
    String text = expected.path("texts").path(0).asText();
    String url = served.state().url().toString();
    Programs.Finished done =
        programs.run("embed", "--json", "--model", model, "--url", url, "--text", text);
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(0).path("embedding");
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
    JsonNode expected = expected("distilbert").get(5);
    JsonNode answer = classified("distil", expected.path("texts"));
    near(answer.path("logits"), expected.path("output"));
    assertThat(answer.path("label").asText()).isIn("bad", "good", "fair");
  }

  @Test
  void anyNumberOfLabels() throws Exception {
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
    near(embedded("mean", expected), mean);
  }
}
