package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.client.CipherstreamClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sentences, encrypted, through a real model and a real appliance process. */
@Tag("native")
@Tag("slow")
class EndToEndIT {

  /** Largest difference of a logit from plaintext; measured is below 1e-3. */
  private static final double LOGIT_ERROR_MAX = 1e-2;

  private static final List<String> SENTENCES =
      List.of(
          "boring",
          "the second half is so slow that i looked at my watch more often than at the screen , and"
              + " when it was over nobody in the room could say what it had been about",
          "a film of rare warmth , with a cast that could not be better chosen");

  @TempDir private Path home;

  @Test
  void theDemoShowsTheSealedModeAndThenThePaper() throws Exception {
    Programs.Finished demo = new Programs(home).run("demo");
    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.out())
        .containsSubsequence(
            "sst2-sealed, mode sealed: one request, one answer",
            "What a delightful surprise!",
            "sst2-tiny, mode paper",
            "What a delightful surprise!",
            "side by side",
            "the client learns");
    assertThat(demo.out().lines().filter(line -> line.startsWith("rounds")).toList())
        .singleElement()
        .satisfies(
            line -> assertThat(line.trim().split("\\s+")).containsExactly("rounds", "0", "10"));
  }

  /** Texts of some ten to twenty tokens. */
  private static final int MANY = 260;

  @Test
  void hybridAgreesWithPlaintextOnAnImportedModel() throws Exception {
    Path shared = sharedModels();
    assumeTrue(shared != null, "no folder shared/models beside the repository: nothing to import");
    try (Programs programs = new Programs(home).inOneProcess()) {
      Programs.Finished imported =
          programs.run(
              "model",
              "import",
              shared.resolve("sst2-tiny-exact.safetensors").toString(),
              "--name",
              "exact",
              "--vocab",
              shared.resolve("vocab.txt").toString(),
              "--json");
      assertThat(imported.exitCode()).as(imported.err()).isZero();
      JsonNode model = imported.json().get(0);
      assertThat(model.path("modes")).extracting(JsonNode::asText).containsExactly("hybrid");
      assertThat(model.path("parameterSet").asText()).isNotEmpty();
      try (Programs.Served served =
          programs.serve(
              "--models", home.resolve("models").toString(), "--set", "compute.warmUp=false")) {
        String url = served.state().url().toString();
        agrees(programs, "exact", "hybrid", "--url", url);
        manyTextsShareAnInference(programs, "exact", url);
      }
    }
  }

  /** Enough texts fill more than half of an inference for many; answers are those of few. */
  private void manyTextsShareAnInference(Programs programs, String model, String url)
      throws Exception {
    List<JsonNode> few = classified(programs, model, "hybrid", SENTENCES, "--url", url);
    List<String> texts = new ArrayList<>();
    while (texts.size() < MANY) {
      texts.addAll(SENTENCES);
    }
    // One row that cannot be used: it is left out, and all others share the inference.
    List<String> rows = new ArrayList<>(texts);
    rows.add(1, "a ".repeat(200));
    List<JsonNode> many =
        classified(programs, model, "hybrid", rows, "--url", url, "--skip-bad-rows");
    assertThat(many).hasSameSizeAs(texts);
    assertThat(few).allMatch(answer -> answer.path("texts").asInt() == 1);
    assertThat(many.get(0).path("texts").asInt()).isGreaterThan(100);
    assertThat(many.get(0).path("tokenClass").asInt()).isEqualTo(4096);
    for (int i = 0; i < many.size(); i++) {
      JsonNode expected = few.get(i % SENTENCES.size());
      assertThat(many.get(i).path("line").asInt()).isEqualTo(i == 0 ? 1 : i + 2);
      assertThat(many.get(i).path("label")).isEqualTo(expected.path("label"));
      assertThat(many.get(i).path("logits").get(0).asDouble())
          .isCloseTo(expected.path("logits").get(0).asDouble(), within(2 * LOGIT_ERROR_MAX));
    }
  }

  /** Two short neighbours share an inference; a longer text has one of its own. */
  private void shortTextsShareAChunk(Programs programs, String url, List<JsonNode> alone)
      throws Exception {
    List<String> texts =
        List.of(
            alone.get(0).path("text").asText(),
            alone.get(1).path("text").asText(),
            "a longer sentence, which is nevertheless a charming journey from its first word on");
    List<JsonNode> answers = classified(programs, "sst2-sealed", "sealed", texts, "--url", url);
    assertThat(answers).extracting(a -> a.path("texts").asInt()).containsExactly(2, 2, 1);
    assertThat(answers).extracting(a -> a.path("tokenClass").asInt()).containsExactly(26, 26, 29);
    for (int i = 0; i < alone.size(); i++) {
      assertThat(answers.get(i).path("label")).isEqualTo(alone.get(i).path("label"));
      assertThat(answers.get(i).path("logits").get(0).asDouble())
          .isCloseTo(alone.get(i).path("logits").get(0).asDouble(), within(2 * LOGIT_ERROR_MAX));
    }
  }

  private List<JsonNode> classified(
      Programs programs, String model, String mode, List<String> texts, String... more)
      throws Exception {
    Path file = Files.writeString(home.resolve("texts.txt"), String.join("\n", texts) + "\n");
    List<String> line =
        new ArrayList<>(
            List.of("classify", "--model", model, "--mode", mode, "--file", "" + file, "--json"));
    line.addAll(List.of(more));
    Programs.Finished done = programs.run(line.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json();
  }

  /**
   * Keys are sent once, the other calls reuse them, and three modes agree with the plaintext pass.
   */
  @Test
  void oneApplianceAnswersCallAfterCallUntilItIsStopped() throws Exception {
    try (Programs programs = new Programs(home).inOneProcess();
        Programs.Served served =
            programs.serve(
                "--models",
                programs.root().resolve("deploy/models").toString(),
                "--engine",
                "seal-limb",
                "--set",
                "compute.warmUp=false")) {
      String url = served.state().url().toString();
      JsonNode first = classify(programs, url, "a charming journey");
      JsonNode second = classify(programs, url, "it never gets off the ground");
      for (String member :
          List.of(
              "text",
              "label",
              "logits",
              "mode",
              "engine",
              "rounds",
              "bytesUp",
              "bytesDown",
              "serverSeconds",
              "totalSeconds")) {
        assertThat(first.has(member)).as(member).isTrue();
      }
      assertThat(first.path("engine").asText()).isEqualTo("seal-limb");
      assertThat(first.path("mode").asText()).isEqualTo("sealed");
      assertThat(first.path("rounds").asInt()).isZero();
      assertThat(first.path("enginesFailed")).isEmpty();
      assertThat(first.path("label").asText()).isEqualTo("positive");
      assertThat(second.path("label").asText()).isEqualTo("negative");
      assertThat(first.path("keyBytes").asLong()).isBetween(1L, 40_000_000L);
      assertThat(second.path("keyBytes").asLong()).isZero();

      List<String> two = new ArrayList<>(SENTENCES);
      two.add(0, "a charming journey");
      JsonNode summary = evaluated(programs, "sst2-sealed", "sealed", two, "--url", url);
      assertThat(summary.path("examplesShared").asInt()).isEqualTo(2);
      assertThat(summary.path("inferenceSecondsMedian").asDouble())
          .isGreaterThan(summary.path("serverSecondsMedian").asDouble());
      overABadLine(programs, served);
      fetchedLater(programs, url);
      shortTextsShareAChunk(programs, url, List.of(first, second));
      agrees(programs, "sst2-tiny", "compact", "--url", url);
      agrees(programs, "sst2-tiny", "paper", "--url", url);

      Programs.Finished stranger =
          programs.run("classify", "--text", "a", "--url", url, "--fingerprint", "00".repeat(32));
      assertThat(stranger.exitCode()).isEqualTo(ExitCodes.SERVER);
      assertThat(stranger.err()).contains("certificate");

      Programs.Finished stopped = programs.run("stop", "--json");
      assertThat(stopped.exitCode()).as(stopped.err()).isZero();
      assertThat(stopped.json().get(0).path("stopped").asBoolean()).isTrue();
      assertThat(served.process().isAlive()).isFalse();
      Programs.Finished again = programs.run("stop", "--json");
      assertThat(again.exitCode()).isZero();
      assertThat(again.json().get(0).path("stopped").asBoolean()).isFalse();
    }
  }

  /** One command asks and ends, another one fetches the answer. */
  private void fetchedLater(Programs programs, String url) throws Exception {
    String text = "--text=a charming journey";
    Programs.Finished asked = programs.run("classify", "--later", text, "--url", url, "--json");
    assertThat(asked.exitCode()).as(asked.err()).isZero();
    String job = asked.json().get(0).path("job").asText();
    Programs.Finished answer = programs.run("classify", "--job", job, text, "--url", url, "--json");
    assertThat(answer.exitCode()).as(answer.err()).isZero();
    assertThat(answer.json().get(0).path("label").asText()).isEqualTo("positive");
    Programs.Finished unknown =
        programs.run("classify", "--job", "0".repeat(32) + job.substring(32), text, "--url", url);
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.SERVER);
    assertThat(unknown.err()).contains("job");
    Programs.Finished rounds =
        programs.run("classify", "--later", "--model=sst2-tiny", text, "--url", url);
    assertThat(rounds.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(rounds.err()).contains("has rounds");
    Programs.Finished alone = programs.run("classify", "--later", text);
    assertThat(alone.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(alone.err()).contains("--url");
  }

  /** The line breaks while keys are sent: each goes on where it broke. */
  private void overABadLine(Programs programs, Programs.Served served) throws Exception {
    try (BreakingLine line = new BreakingLine(served.state().url(), 4, 3_500_000)) {
      Programs.Finished done =
          programs.run(
              "classify",
              "--json",
              "--text=a charming journey",
              "--url=" + line.url(),
              "--fingerprint=" + served.state().certificateSha256(),
              "--api-key-file=" + home.resolve("server/api-key"));
      assertThat(done.exitCode()).as(done.err()).isZero();
      assertThat(done.json().get(0).path("label").asText()).isEqualTo("positive");
      assertThat(done.json().get(0).path("keyBytes").asLong()).as("new keys").isPositive();
      assertThat(line.left()).as("connections that were to break").isZero();
    }
    String metrics;
    try (CipherstreamClient client =
        CipherstreamClient.connect(programs.client(served, "reader"))) {
      metrics = client.metrics();
    }
    Matcher resumed = Pattern.compile("he_key_uploads_resumed_total (\\d+)").matcher(metrics);
    assertThat(resumed.find()).as(metrics).isTrue();
    assertThat(Integer.parseInt(resumed.group(1))).isPositive();
  }

  private static JsonNode classify(Programs programs, String url, String text) throws Exception {
    Programs.Finished done = programs.run("classify", "--text", text, "--url", url, "--json");
    assertThat(done.exitCode()).as(done.err()).isZero();
    return done.json().get(0);
  }

  private void agrees(Programs programs, String model, String mode, String... more)
      throws Exception {
    evaluated(programs, model, mode, SENTENCES, more);
  }

  /** The last object that evaluate prints for those texts, once it is as it should be. */
  private JsonNode evaluated(
      Programs programs, String model, String mode, List<String> texts, String... more)
      throws Exception {
    Path data = home.resolve("data.tsv");
    StringBuilder rows = new StringBuilder("sentence\tlabel\n");
    texts.forEach(sentence -> rows.append(sentence).append("\t0\n"));
    Files.writeString(data, rows);
    List<String> all = new ArrayList<>(List.of("evaluate", "--data", data.toString()));
    all.addAll(List.of("--model", model, "--mode", mode, "--json"));
    all.addAll(List.of(more));
    Programs.Finished done = programs.run(all.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isZero();
    List<JsonNode> objects = done.json();
    JsonNode summary = objects.get(objects.size() - 1);
    assertThat(summary.path("examples").asInt()).isEqualTo(texts.size());
    assertThat(summary.path("agreement").asDouble()).isEqualTo(1.0);
    assertThat(summary.path("maxLogitError").asDouble()).isBetween(1e-12, LOGIT_ERROR_MAX);
    assertThat(summary.path("serverSecondsMedian").asDouble()).isPositive();
    assertThat(summary.has("accuracy")).isTrue();
    assertThat(summary.has("plaintextAccuracy")).isTrue();
    return summary;
  }

  private static Path sharedModels() throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared/models");
      if (Files.isDirectory(candidate)) {
        return candidate.toRealPath();
      }
    }
    return null;
  }
}
