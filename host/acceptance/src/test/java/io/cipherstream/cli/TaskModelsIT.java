package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.EncodedQuestion;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Question;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs, values and words from the command line to the encrypted answer and back. */
@Tag("native")
@Tag("slow")
class TaskModelsIT {

  private static final double TOLERANCE = 1e-2;

  @TempDir private static Path home;
  private static Programs programs;
  private static ModelPackage value;
  private static ModelPackage words;
  private static ModelPackage classes;
  private static Programs.Served served;

  @TempDir private Path folder;

  /** One appliance of three models, which all commands ask but one that starts its own. */
  @BeforeAll
  static void prepare() throws Exception {
    programs = new Programs(home).inOneProcess();
    Path repository = Files.createDirectories(home.resolve("models"));
    TaskModels models = new TaskModels(repository);
    value = models.value();
    words = models.words();
    classes = models.classes(2);
    served = programs.serve("--models", repository.toString(), "--set", "compute.warmUp=false");
  }

  @AfterAll
  static void stop() {
    served.close();
    programs.close();
  }

  private static String url() {
    return served.state().url().toString();
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
    double expected = plain(value, new Question.Pair("a man eats.", "someone is eating."))[0][0];
    double other = plain(value, new Question.Pair("someone is eating.", "a man eats."))[0][0];
    Path file = Files.writeString(folder.resolve("p.tsv"), "someone is eating.\ta man eats.\n");
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
    List<String> asked = List.of("A", "man", "lives", "in", "New York", "yorks", ".");
    double[][] expected = plain(words, new Question.Words(asked));
    Programs.Finished done =
        programs.run(
            "classify",
            "--model",
            "words",
            "--url",
            url(),
            "--json",
            "--text",
            "[\"A\",\"man\",\"lives\",\"in\",\"New York\",\"yorks\",\".\"]",
            "--text",
            "New York is big .");
    assertThat(done.exitCode()).as(done.err()).isZero();
    JsonNode labelled = done.json().get(0).path("words");
    assertThat(labelled).extracting(w -> w.path("word").asText()).isEqualTo(asked);
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
    double[] text = plain(classes, new Question.Text("a man eats"))[0];
    double[] pair = plain(classes, new Question.Pair("a man eats", "someone eats"))[0];
    Programs.Finished one =
        programs.run(
            "classify", "--model", "classes", "--url", url(), "--text", "a man eats", "--json");
    Path file = Files.writeString(folder.resolve("p.tsv"), "a man eats\tsomeone eats\n");
    Programs.Finished two =
        programs.run(
            "classify",
            "--model",
            "classes",
            "--url",
            url(),
            "--file",
            "" + file,
            "--pairs",
            "--json");
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
    Path likeness =
        Files.writeString(
            folder.resolve("sts.csv"),
            "a man eats,\"someone, eats\",4.5\nnew york,a man,0.2\nis,is big,2\n");
    JsonNode likenesses = evaluate("value", likeness, "--no-header", "--columns", "0,1,2");
    assertThat(likenesses.path("examples").asInt()).isEqualTo(3);
    assertThat(likenesses.path("pearson").asDouble())
        .isCloseTo(likenesses.path("plaintextPearson").asDouble(), within(1e-6));
    assertThat(likenesses.path("maxValueError").asDouble()).isLessThan(1e-9);
    Path places =
        Files.writeString(
            folder.resolve("places.txt"), "New NNP B-LOC\nYork NNP I-LOC\nis VB O\n\nbig JJ O\n");
    JsonNode labels = evaluate("words", places);
    assertThat(labels.path("words").asInt()).isEqualTo(4);
    assertThat(labels.path("agreement").asDouble()).isEqualTo(1);
    assertThat(labels.path("maxLogitError").asDouble()).isLessThan(1e-9);
    assertThat(labels.path("entityF1").isNumber()).isTrue();
    Path classes =
        Files.writeString(
            folder.resolve("nli.csv"),
            "premise,hypothesis,label\n\"a man, eats\",someone eats,yes\nis,big,0\n");
    JsonNode pairs = evaluate("classes", classes);
    assertThat(pairs.path("examples").asInt()).isEqualTo(2);
    assertThat(pairs.path("agreement").asDouble()).isEqualTo(1);
    assertThat(pairs.path("macroF1").isNumber()).isTrue();
  }

  private JsonNode evaluate(String model, Path data, String... more) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("evaluate", "--model", model, "--data", "" + data, "--engine", "simulate"));
    all.add("--json");
    all.addAll(List.of(more));
    Programs.Finished done = programs.run(all.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(done.json().size() - 1);
  }

  @Test
  void wordsAndPairsAreCutByChoice() throws Exception {
    Programs.Finished cut =
        programs.run(
            "classify",
            "--model",
            "words",
            "--url",
            url(),
            "--truncate",
            "--json",
            "--text",
            "a ".repeat(25));
    assertThat(cut.exitCode()).as(cut.err()).isZero();
    assertThat(cut.json().get(0).path("words")).hasSize(18);
    assertThat(cut.json().get(0).path("wordsLeftOut").asInt()).isEqualTo(7);
    Path places = Files.writeString(folder.resolve("p.txt"), "a O\n".repeat(25) + "\nbig\n\na O\n");
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
    new TaskModels(home.resolve("models")).classes("texts", 1);
    refused("1 row", "--model", "texts", "--text", "a man", "--pair", "eats");
    refused("pairs of texts", "--model", "value", "--text", "a man");
    refused("it takes words", "--model", "words", "--text", "a man", "--pair", "eats");
    refused("at most 20", "--model", "words", "--text", "a ".repeat(19));
    refused("at most 20", "--model", "value", "--text", "a ".repeat(9), "--pair", "a ".repeat(9));
    Path file = Files.writeString(folder.resolve("p.tsv"), "a\tb\na b\n");
    refused("line 2", "--model", "value", "--file", file.toString(), "--pairs");
    refused("line 2", "--model", "value", "--file", file.toString());
    Programs.Finished uneven =
        programs.run("classify", "--text", "a", "--pair", "b", "--pair", "c");
    assertThat(uneven.exitCode()).isEqualTo(ExitCodes.USAGE);
    Path header = Files.writeString(folder.resolve("h.tsv"), "left\tright\tscore\na\tb\t1\n");
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
