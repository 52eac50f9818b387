package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client in another language, written from docs/protocol.md alone, gets the answers of the Java
 * client from the same appliance.
 */
@Tag("native")
@Tag("slow")
class PythonClientIT {

  /** Without answer noise both clients' errors are some 1e-4; measured is below 2e-3. */
  private static final double LOGIT_DIFFERENCE_MAX = 1e-2;

  private static final long MINUTES_MAX = 10;

  /** The fourth takes two chunks; the last has a word of several pieces. */
  private static final List<String> SENTENCES =
      List.of(
          "I could have listened to these two talk for another hour.",
          "Nothing happens, and it happens at great length.",
          "fine",
          "The music is loud, the lights are bright, the cars are fast, and when the credits rolled"
              + " i could not have told you the name of a single person in it or what any of them"
              + " had wanted",
          "A touching, wry little gem of a comedy (zzyx)!");

  @TempDir private Path home;

  /** And it trusts no other certificate than the one it is told. */
  @Test
  void answersAsTheJavaClientDoes() throws Exception {
    Optional<String> python = pythonWithNumpy();
    assumeTrue(python.isPresent(), "no python3 with numpy: ./cipherstream test installs both");
    Programs programs = new Programs(home);
    try (Programs.Served served = serve(programs)) {
      ApplianceState state = served.state();
      trustsNoOtherCertificate(python.get(), programs, state);
      List<JsonNode> java = java(programs, state);
      Output output = python(python.get(), programs, state, state.certificateSha256());
      assertThat(output.status()).as(output.text()).isZero();
      List<String> lines = output.text().lines().toList();
      assertThat(lines).hasSameSizeAs(SENTENCES);
      for (int i = 0; i < SENTENCES.size(); i++) {
        JsonNode own = Json.MAPPER.readTree(lines.get(i));
        JsonNode other = java.get(i);
        System.out.printf(
            "%s %s, Java %s%n", own.path("label"), own.path("logits"), other.path("logits"));
        assertThat(own.path("text").asText()).isEqualTo(SENTENCES.get(i));
        assertThat(own.path("tokens").size()).isEqualTo(other.path("tokens").asInt());
        assertThat(own.path("label").asText()).isEqualTo(other.path("label").asText());
        for (int j = 0; j < 2; j++) {
          assertThat(own.path("logits").get(j).asDouble())
              .as("%s, logit %d", SENTENCES.get(i), j)
              .isCloseTo(other.path("logits").get(j).asDouble(), within(LOGIT_DIFFERENCE_MAX));
        }
      }
    }
  }

  private void trustsNoOtherCertificate(String python, Programs programs, ApplianceState state)
      throws Exception {
    Output output = python(python, programs, state, "00".repeat(32));
    assertThat(output.status()).isNotZero();
    assertThat(output.text()).contains("expected 0000", state.certificateSha256());
  }

  private static Programs.Served serve(Programs programs) throws Exception {
    return programs.serve(
        "--models",
        programs.root().resolve("deploy/models").toString(),
        "--model",
        "sst2-sealed",
        "--set",
        "compute.warmUp=false",
        "--set",
        "compute.answerNoise=0");
  }

  private static List<JsonNode> java(Programs programs, ApplianceState state) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("classify", "--json"));
    arguments.addAll(List.of("--model", "sst2-sealed", "--url", state.url().toString()));
    SENTENCES.forEach(sentence -> arguments.addAll(List.of("--text", sentence)));
    Programs.Finished done = programs.run(arguments.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCodes.OK);
    return done.json();
  }

  /** The client's output and errors, in one. */
  private Output python(
      String python, Programs programs, ApplianceState state, String certificateSha256)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(python, "-B"));
    command.add(programs.root().resolve("deploy/clients/python/classify.py").toString());
    command.addAll(List.of("--url", state.url().toString(), "--fingerprint", certificateSha256));
    SENTENCES.forEach(sentence -> command.addAll(List.of("--text", sentence)));
    ProcessBuilder builder = new ProcessBuilder(command);
    String key = ApplianceState.apiKey(home.resolve("server")).orElseThrow();
    builder.environment().put("CIPHERSTREAM_API_KEY", key);
    return finished(builder);
  }

  private record Output(int status, String text) {}

  private Output finished(ProcessBuilder builder) throws IOException, InterruptedException {
    Path file = Files.createTempFile(home, "python", ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(file.toFile()).start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + MINUTES_MAX + " minutes");
    }
    return new Output(process.exitValue(), Files.readString(file));
  }

  /** The first python3 that has numpy; Debian's package is one of Debian's own python3. */
  private Optional<String> pythonWithNumpy() throws InterruptedException {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      try {
        if (finished(new ProcessBuilder(python, "-c", "import numpy")).status() == 0) {
          return Optional.of(python);
        }
      } catch (IOException e) {
        System.out.println(python + ": " + e.getMessage());
      }
    }
    return Optional.empty();
  }
}
