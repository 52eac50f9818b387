package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.network.NetworkPackage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Networks of polynomials by the command line: imported, served, asked; answers of the plaintext.
 */
@Tag("native")
@Tag("slow")
class NetworksIT {

  /** Answers are flooded with noise of deviation 2⁻⁸; eight deviations. */
  private static final Offset<Double> NOISE = within(8.0 / 256);

  @TempDir private static Path home;
  private static Programs programs;
  private static Programs.Served appliance;
  private static NetworkPackage small;

  @BeforeAll
  static void start() throws Exception {
    programs = new Programs(home).inOneProcess();
    Path file =
        programs.root().resolve("host/network/src/test/resources/network/pykan.safetensors");
    // Degree 4 takes four levels, and so the smallest keys.
    JsonNode imported =
        programs
            .run("model", "import", file.toString(), "--name", "small", "--degree", "4", "--json")
            .json()
            .get(0);
    assertThat(imported.path("levels").asInt()).isEqualTo(4);
    assertThat(imported.path("parameterSet").asText()).isEqualTo("n8192-sealed");
    assertThat(imported.path("fits").path(0).path("functions").asInt()).isEqualTo(8);
    small = NetworkPackage.find(List.of(home.resolve("models")), "small");
    appliance =
        programs.serve(
            "--models",
            home.resolve("models").toString(),
            "--model",
            "small",
            "--set",
            "compute.warmUp=false");
  }

  @AfterAll
  static void stop() {
    appliance.close();
    programs.close();
  }

  private static Programs.Finished predict(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("predict", "--model", "small"));
    arguments.addAll(List.of("--url", appliance.state().url().toString()));
    arguments.addAll(List.of(more));
    return programs.run(arguments.toArray(String[]::new));
  }

  @Test
  void answersAreThoseOfThePlaintextPass() throws Exception {
    List<double[]> questions =
        List.of(new double[] {-1, 0.5, 0.25}, new double[] {0, 0, 0}, new double[] {1, -0.75, 1});
    Path file =
        Files.writeString(
            home.resolve("questions.csv"), "a,b,c\n-1,0.5,0.25\n0,0,0\n1, -0.75 ,1\n");
    JsonNode json = predict("--data", file.toString(), "--json").json().get(0);
    assertThat(json.path("answers")).hasSize(3);
    for (int q = 0; q < 3; q++) {
      double[] expected = small.answer(questions.get(q));
      JsonNode answer = json.path("answers").path(q);
      assertThat(answer.path("inRange").asBoolean()).isTrue();
      assertThat(answer.path("outputs")).hasSize(expected.length);
      for (int j = 0; j < expected.length; j++) {
        assertThat(answer.path("outputs").path(j).asDouble()).isCloseTo(expected[j], NOISE);
      }
    }
    assertThat(json.path("requests")).hasSize(1);
    assertThat(json.path("requests").path(0).path("computeSeconds").asDouble()).isPositive();
    countsEveryRow();
  }

  /** Three rows in use, but the budget loses what a request could hold. */
  private static void countsEveryRow() {
    try (CipherstreamClient client =
        CipherstreamClient.connect(programs.client(appliance, "reader"))) {
      assertThat(client.metrics())
          .containsPattern("he_answers_today\\{[^}]*model=\"small\"[^}]*} 128(\\.0)?\n");
    }
  }

  /** Right answers by degree, of a network of two outputs whose labels are pykan's own answers. */
  @Test
  void degreesAreTriedOnLabelledRows() throws Exception {
    Path folder = programs.root().resolve("host/network/src/test/resources/network");
    Path file = folder.resolve("pykan.safetensors");
    StringBuilder questions = new StringBuilder();
    StringBuilder labelled = new StringBuilder();
    int count;
    try (SafetensorsFile expected =
        SafetensorsFile.open(folder.resolve("pykan-expected.safetensors"))) {
      double[] asked = expected.read("questions").doubles();
      double[] outputs = expected.read("outputs").doubles();
      count = asked.length / 3;
      for (int q = 0; q < count; q++) {
        String row = asked[3 * q] + "," + asked[3 * q + 1] + "," + asked[3 * q + 2];
        questions.append(row).append("\n");
        int label = outputs[2 * q] >= outputs[2 * q + 1] ? 0 : 1;
        labelled.append(row).append(",").append(label).append("\n");
      }
    }
    Path rows = Files.writeString(home.resolve("rows.csv"), questions);
    Path data = Files.writeString(home.resolve("labelled.csv"), labelled);
    Path wrong = Files.writeString(home.resolve("wrong.csv"), "-1,0.5,0.25\n");
    String[] command = {
      "model", "try", "" + file, "--samples", "" + rows, "--degrees", "2,15", "--json", "--data"
    };
    JsonNode json = programs.run(with(command, "" + data)).json().get(0);
    assertThat(json.path("questions").asInt()).isEqualTo(count);
    assertThat(json.path("trials"))
        .extracting(t -> t.path("module").asText() + " " + t.path("degree").asInt())
        .containsExactly("spline 0", "spline 2", "spline 15");
    assertThat(json.path("trials").path(0).path("right").asInt()).isEqualTo(count);
    assertThat(json.path("trials").path(2).path("right").asInt()).isBetween(count - 1, count);
    Programs.Finished unlabelled = programs.run(with(command, "" + wrong));
    assertThat(unlabelled.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(unlabelled.err()).contains("row 1 of the labelled questions ends with 0.25");
  }

  private static String[] with(String[] command, String last) {
    String[] all = Arrays.copyOf(command, command.length + 1);
    all[command.length] = last;
    return all;
  }

  @Test
  void badRowsAndModelsAreNamed() throws Exception {
    Programs.Finished narrow = predict("--row", "0.5,0.5");
    assertThat(narrow.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(narrow.err()).contains("row 1 has 2 numbers: the model takes 3");
    Programs.Finished beyond = predict("--row", "0,0,1.5");
    assertThat(beyond.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(beyond.err()).contains("has 1.5 as number 3: the model takes -1.0 to 1.0");
    Path text = Files.writeString(home.resolve("text.csv"), "1,2,3\n1,two,3\n");
    assertThat(predict("--data", text.toString()).err())
        .contains("row 2 has 'two', no finite number");
    Programs.Finished unknown = programs.run("predict", "--model", "none", "--row", "1");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(unknown.err()).contains("no network 'none': there are [small]");
    Programs.Finished texts = programs.run("classify", "--model", "small", "--text", "x");
    assertThat(texts.exitCode()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(programs.run("model", "list").out()).contains("small", "3-4-2");
  }
}
