package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.evaluate.LocalInference;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.Classification;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.Trust;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.Question;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.model.sealed.RandomSealed;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.TokenClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small random models of deep specs through a real appliance, on the command line and in Java: the
 * answer is the plaintext's, and a text that a sentinel refuses gets none.
 */
@Tag("native")
@Tag("slow")
class SealedSpecsIT {

  /** Of the largest set, whose scores are squared twice on ciphertexts. */
  private static final double ERROR_MAX = 1e-2;

  /** Default of compute.answerNoise. */
  private static final double ANSWER_NOISE = 0x1p-8;

  private final long seed = Long.getLong("cipherstream.seed", System.nanoTime());

  @TempDir private Path home;

  @ParameterizedTest
  @ValueSource(strings = {"CS", "AA"})
  void aTextIsClassifiedAndOneOutOfRangeIsRefused(String spec) throws Exception {
    System.out.println("SealedSpecsIT seed " + seed);
    Path models = home.resolve("models");
    RandomSealed.Watched watched = new RandomSealed(30, seed).writeWatched("own", spec, models);
    Programs programs = new Programs(home).withLargeKeys();
    try (Programs.Served served = serve(programs, models, "--set", "compute.answerNoise=0")) {
      double[] plain = plain(models, watched.calm());
      String url = served.state().url().toString();
      Programs.Finished done =
          programs.run(
              "classify", "--model", "own", "--text", watched.calm(), "--url", url, "--json");
      assertThat(done.exitCode()).as(done.err()).isZero();
      JsonNode answer = done.json().get(0);
      assertThat(answer.path("mode").asText()).isEqualTo("sealed");
      assertThat(answer.path("enginesFailed")).isEmpty();
      assertThat(answer.path("keyBytes").asLong()).isPositive();
      near(plain, answer.path("logits").get(0).asDouble(), answer.path("logits").get(1).asDouble());

      Programs.Finished refused =
          programs.run("classify", "--model", "own", "--text", watched.loud(), "--url", url);
      assertThat(refused.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err())
          .contains(
              "out-of-range: the mean square of the "
                  + watched.refused().quantity().text()
                  + " of layer "
                  + (watched.refused().layer() + 1));

      if (spec.equals("CS")) {
        inJava(served.state(), watched, plain);
      } else {
        inThisProcess(models, watched.calm(), plain);
      }
    }
  }

  /** As the checks of a conversion do it; SEAL has no key switching for an AA's parameters. */
  private void inThisProcess(Path models, String text, double[] plain) {
    ModelPackage found = new ModelRepository(List.of(models)).find("own");
    TokenSequence tokens = found.questions().encode(new Question.Text(text)).tokens();
    List<InferencePlan> plans = ModelPlans.of(found.manifest(), InferenceMode.SEALED);
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, tokens.length());
    try (LocalInference inference = new LocalInference(found, plan)) {
      double[] logits = inference.run(found, tokens)[0];
      near(plain, logits[0], logits[1]);
    }
  }

  @Test
  void everyWordIsLabelledInOneAnswer() throws Exception {
    System.out.println("SealedSpecsIT seed " + seed);
    Path models = home.resolve("models");
    SealedEncoder encoder = new RandomSealed(30, seed).writeWords("own", 5, models);
    Programs programs = new Programs(home);
    try (Programs.Served served = serve(programs, models)) {
      String url = served.state().url().toString();
      String longest = "word4 word9 word4 word17 word5 word6 word29";
      Programs.Finished done =
          programs.run(
              "classify",
              "--model",
              "own",
              "--text",
              "word7",
              "--text",
              longest,
              "--url",
              url,
              "--json");
      assertThat(done.exitCode()).as(done.err()).isZero();
      double largest = 0;
      for (int i = 0; i < 2; i++) {
        List<String> asked = List.of((i == 0 ? "word7" : longest).split(" "));
        JsonNode answer = done.json().get(i);
        assertThat(answer.path("mode").asText()).isEqualTo("sealed");
        assertThat(answer.path("words")).hasSize(asked.size());
        ModelPackage found = new ModelRepository(List.of(models)).find("own");
        int[] ids = found.questions().encode(new Question.Words(asked)).tokens().ids();
        double[][] plain = new SealedPass(encoder).rows(found.client().embeddings().embed(ids));
        for (int w = 0; w < asked.size(); w++) {
          JsonNode word = answer.path("words").get(w);
          assertThat(word.path("word").asText()).isEqualTo(asked.get(w));
          for (int j = 0; j < 5; j++) {
            double error = word.path("logits").get(j).asDouble() - plain[w + 1][j];
            largest = Math.max(largest, Math.abs(error));
          }
        }
      }
      // 40 numbers, each off by the default answer noise
      assertThat(largest).as("seed %d", seed).isBetween(0.5 * ANSWER_NOISE, 6 * ANSWER_NOISE);
    }
  }

  /** An appliance of these models, without warming up for one text. */
  private static Programs.Served serve(Programs programs, Path models, String... more)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("--models", models.toString()));
    all.addAll(List.of("--engine", "seal-limb", "--set", "compute.warmUp=false"));
    all.addAll(List.of(more));
    return programs.serve(all.toArray(String[]::new));
  }

  /** The same session in Java, which does not depend on the spec: its keys are not sent again. */
  private void inJava(ApplianceState state, RandomSealed.Watched watched, double[] plain) {
    ClientOptions options =
        ClientOptions.builder(state.url(), home.resolve("client"))
            .trust(Trust.fingerprint(state.certificateSha256()))
            .apiKey(ApplianceState.apiKey(home.resolve("server")).orElseThrow())
            .build();
    try (CipherstreamClient client = CipherstreamClient.connect(options)) {
      ClientModel model = client.model("own");
      Classification answer = model.classify(watched.calm());
      near(plain, answer.logits().get(0), answer.logits().get(1));
      assertThat(answer.report().keyBytes()).isZero();
      assertThatThrownBy(() -> model.classify(watched.loud()))
          .isInstanceOfSatisfying(
              ModelException.class,
              e -> assertThat(e.kind()).isEqualTo(ModelException.Kind.OUT_OF_RANGE));
      near(plain, model.classify(watched.calm()).logits().toArray(Double[]::new));
    }
  }

  private void near(double[] plain, Double... logits) {
    double error = logits[1] - logits[0] - (plain[1] - plain[0]);
    System.out.printf("error of the difference of logits: %.1e%n", error);
    assertThat(error).as("seed %d", seed).isCloseTo(0, within(ERROR_MAX));
  }

  private static double[] plain(Path models, String text) {
    ModelPackage found = new ModelRepository(List.of(models)).find("own");
    SealedPackage sealed = SealedPackage.of(found);
    int[] ids = found.questions().encode(new Question.Text(text)).tokens().ids();
    return sealed.plaintext().run(found.client().embeddings(), ids);
  }
}
