package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.client.Classification;
import io.cipherstream.client.ClientModel;
import io.cipherstream.client.ClientOptions;
import io.cipherstream.client.Trust;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelRepository;
import io.cipherstream.model.Question;
import io.cipherstream.model.sealed.RandomSealed;
import io.cipherstream.model.sealed.SealedPackage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
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

  private final long seed = Long.getLong("cipherstream.seed", System.nanoTime());

  @TempDir private Path home;

  @ParameterizedTest
  @ValueSource(strings = {"CS", "AA"})
  void aTextIsClassifiedAndOneOutOfRangeIsRefused(String spec) throws Exception {
    System.out.println("SealedSpecsIT seed " + seed);
    Path models = home.resolve("models");
    RandomSealed.Watched watched = new RandomSealed(30, seed).writeWatched("own", spec, models);
    Programs programs = new Programs(home);
    try (Programs.Served served =
        programs.serve(
            "--models",
            models.toString(),
            "--engine",
            "seal-limb",
            "--set",
            "compute.answerNoise=0",
            "--set",
            "compute.warmUp=false")) {
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

      inJava(served.state(), watched, plain);
    }
  }

  /** The same session in Java: its keys are not sent again. */
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
