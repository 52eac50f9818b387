package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs, values and words from the command line to the encrypted answer and back. */
@Tag("native")
@Tag("slow")
class TaskModelsIT {

  private static final double TOLERANCE = 1e-2;

  @TempDir private Path home;
  private Programs programs;
  private TaskModels models;

  @BeforeEach
  void prepare() throws IOException {
    programs = new Programs(home);
    models = new TaskModels(Files.createDirectories(home.resolve("models")));
  }

  private static double[][] plain(ModelPackage model, Question question) {
    EncodedQuestion encoded = model.questions().encode(question);
    return encoded.answers(
        model
            .plaintext(PlaintextTransformer.Reciprocal.HINGES)
            .runRows(encoded.tokens().ids(), encoded.tokens().segments()));
  }

  @Test
  void pairHasAnEncryptedValue() throws Exception {
    ModelPackage model = models.value();
    double expected = plain(model, new Question.Pair("a man eats.", "someone is eating."))[0][0];
    double other = plain(model, new Question.Pair("someone is eating.", "a man eats."))[0][0];
    Path file = Files.writeString(home.resolve("p.tsv"), "someone is eating.\ta man eats.\n");
    Programs.Finished done =
        programs.run(
            "classify",
            "--model",
            "value",
            "--text",
            "a man eats.",
            "--pair",
            "someone is eating.",
            "--file",
            file.toString(),
            "--json");
    assertThat(done.exitCode()).as(done.err()).isZero();
    JsonNode first = done.json().get(0);
    assertThat(first.path("pair").asText()).isEqualTo("someone is eating.");
    assertThat(first.path("value").asDouble()).isCloseTo(expected, within(TOLERANCE));
    assertThat(first.has("probabilities")).isFalse();
    assertThat(done.json().get(1).path("text").asText()).isEqualTo("someone is eating.");
    assertThat(done.json().get(1).path("value").asDouble()).isCloseTo(other, within(TOLERANCE));
  }

  @Test
  void everyWordHasAnEncryptedLabel() throws Exception {
    ModelPackage model = models.words();
    List<String> words = List.of("A", "man", "lives", "in", "New York", "yorks", ".");
    double[][] expected = plain(model, new Question.Words(words));
    Programs.Finished done =
        programs.run(
            "classify",
            "--model",
            "words",
            "--json",
            "--text",
            "[\"A\",\"man\",\"lives\",\"in\",\"New York\",\"yorks\",\".\"]",
            "--text",
            "New York is big .");
    assertThat(done.exitCode()).as(done.err()).isZero();
    JsonNode labelled = done.json().get(0).path("words");
    assertThat(labelled).extracting(w -> w.path("word").asText()).isEqualTo(words);
    for (int i = 0; i < expected.length; i++) {
      JsonNode logits = labelled.get(i).path("logits");
      assertThat(logits).hasSize(3);
      for (int k = 0; k < 3; k++) {
        assertThat(logits.get(k).asDouble()).isCloseTo(expected[i][k], within(TOLERANCE));
      }
      double sum = 0;
      for (JsonNode p : labelled.get(i).path("probabilities")) {
        sum += p.asDouble();
      }
      assertThat(sum).isCloseTo(1, within(1e-9));
    }
    assertThat(done.json().get(1).path("words")).hasSize(5);
  }

  @Test
  void oneModelTakesTextsAndPairs() throws Exception {
    ModelPackage model = models.classes(2);
    double[] text = plain(model, new Question.Text("a man eats"))[0];
    double[] pair = plain(model, new Question.Pair("a man eats", "someone eats"))[0];
    Programs.Finished one =
        programs.run("classify", "--model", "classes", "--text", "a man eats", "--json");
    Path file = Files.writeString(home.resolve("p.tsv"), "a man eats\tsomeone eats\n");
    Programs.Finished two =
        programs.run("classify", "--model", "classes", "--file", "" + file, "--pairs", "--json");
    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(two.exitCode()).as(two.err()).isZero();
    for (int k = 0; k < 3; k++) {
      assertThat(one.json().get(0).path("logits").get(k).asDouble())
          .isCloseTo(text[k], within(TOLERANCE));
      assertThat(two.json().get(0).path("logits").get(k).asDouble())
          .isCloseTo(pair[k], within(TOLERANCE));
    }
  }

  @Test
  void evaluateScoresEachKind() throws Exception {
    models.value();
    models.words();
    models.classes(2);
    Path likeness =
        Files.writeString(
            home.resolve("sts.tsv"),
            "index\tsentence1\tsentence2\tscore\n"
                + "0\ta man eats\tsomeone eats\t4.5\n"
                + "1\tnew york\ta man\t0.2\n"
                + "2\tis\tis big\t2\n");
    JsonNode value = evaluate("value", likeness);
    assertThat(value.path("examples").asInt()).isEqualTo(3);
    assertThat(value.path("pearson").asDouble())
        .isCloseTo(value.path("plaintextPearson").asDouble(), within(1e-6));
    assertThat(value.path("maxValueError").asDouble()).isLessThan(1e-9);
    Path places =
        Files.writeString(
            home.resolve("places.txt"), "New NNP B-LOC\nYork NNP I-LOC\nis VB O\n\nbig JJ O\n");
    JsonNode words = evaluate("words", places);
    assertThat(words.path("words").asInt()).isEqualTo(4);
    assertThat(words.path("agreement").asDouble()).isEqualTo(1);
    assertThat(words.path("maxLogitError").asDouble()).isLessThan(1e-9);
    assertThat(words.path("entityF1").isNumber()).isTrue();
    Path classes =
        Files.writeString(
            home.resolve("nli.tsv"),
            "premise\thypothesis\tlabel\na man eats\tsomeone eats\tyes\nis\tbig\t0\n");
    JsonNode pairs = evaluate("classes", classes);
    assertThat(pairs.path("examples").asInt()).isEqualTo(2);
    assertThat(pairs.path("agreement").asDouble()).isEqualTo(1);
    assertThat(pairs.path("macroF1").isNumber()).isTrue();
  }

  private JsonNode evaluate(String model, Path data) throws Exception {
    Programs.Finished done =
        programs.run(
            "evaluate", "--model", model, "--data", "" + data, "--engine", "simulate", "--json");
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(done.json().size() - 1);
  }

  @Test
  void wordsAndPairsAreCutByChoice() throws Exception {
    models.words();
    Programs.Finished words =
        programs.run(
            "classify", "--model", "words", "--truncate", "--json", "--text", "a ".repeat(25));
    assertThat(words.exitCode()).as(words.err()).isZero();
    assertThat(words.json().get(0).path("words")).hasSize(18);
    assertThat(words.json().get(0).path("wordsLeftOut").asInt()).isEqualTo(7);
    Path places = Files.writeString(home.resolve("p.txt"), "a O\n".repeat(25) + "\nbig\n\na O\n");
    Programs.Finished scored =
        programs.run(
            "evaluate",
            "--model",
            "words",
            "--data",
            "" + places,
            "--engine",
            "simulate",
            "--truncate",
            "--skip-bad-rows",
            "--json");
    assertThat(scored.exitCode()).as(scored.err()).isZero();
    JsonNode summary = scored.json().get(2);
    assertThat(summary.path("words").asInt()).isEqualTo(19);
    assertThat(summary.path("wordsLeftOut").asInt()).isEqualTo(7);
    assertThat(summary.path("badRows").path("count").asInt()).isEqualTo(1);
    assertThat(summary.path("maxLogitError").asDouble()).isLessThan(1e-9);
  }

  @Test
  void listAndInspectSayWhatComesOut() throws Exception {
    models.value();
    models.words();
    Programs.Finished list = programs.run("model", "list");
    assertThat(list.out()).contains("likeness").contains("per word O/B-LOC/I-LOC");
    Programs.Finished inspect = programs.run("model", "inspect", "value");
    assertThat(inspect.out())
        .contains("output: one value")
        .contains("task: likeness, asked with pair, least value 0.0, largest value 5.0")
        .contains("margin 1.0");
    JsonNode json = programs.run("model", "inspect", "words", "--json").json().get(0);
    assertThat(json.path("shape").path("head").asText()).isEqualTo("classes");
    assertThat(json.path("shape").path("pooling").asText()).isEqualTo("none");
    assertThat(json.path("task").path("input").asText()).isEqualTo("words");
  }

  @Test
  void questionsThatTheModelDoesNotTakeAreRefusedBeforeAnythingStarts() throws Exception {
    models.value();
    models.words();
    models.classes(1);
    refused("1 row", "--model", "classes", "--text", "a man", "--pair", "eats");
    refused("pairs of texts", "--model", "value", "--text", "a man");
    refused("it takes words", "--model", "words", "--text", "a man", "--pair", "eats");
    refused("at most 20", "--model", "words", "--text", "a ".repeat(19));
    refused("at most 20", "--model", "value", "--text", "a ".repeat(9), "--pair", "a ".repeat(9));
    Path file = Files.writeString(home.resolve("p.tsv"), "a\tb\na b\n");
    refused("line 2", "--model", "value", "--file", file.toString(), "--pairs");
    refused("line 2", "--model", "value", "--file", file.toString());
    Programs.Finished uneven =
        programs.run("classify", "--text", "a", "--pair", "b", "--pair", "c");
    assertThat(uneven.exitCode()).isEqualTo(ExitCodes.USAGE);
    Path header = Files.writeString(home.resolve("h.tsv"), "left\tright\tscore\na\tb\t1\n");
    Programs.Finished columns =
        programs.run("evaluate", "--model", "value", "--data", header.toString());
    assertThat(columns.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(columns.err()).contains("--columns");
    Programs.Finished named =
        programs.run(
            "evaluate",
            "--model",
            "value",
            "--data",
            header.toString(),
            "--columns",
            "left,right,score",
            "--engine",
            "plaintext");
    assertThat(named.exitCode()).as(named.err()).isZero();
  }

  private void refused(String message, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "classify";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Programs.Finished done = programs.run(all);
    assertThat(done.exitCode())
        .as("%s: %s", Arrays.toString(arguments), done.err())
        .isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(done.err()).contains(message);
    assertThat(done.out()).isEmpty();
  }
}
