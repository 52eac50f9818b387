package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine on the simulated card, each trial in a process with its own environment: words equal
 * the interpreter's, wrong images and folders are refused with what to do.
 *
 * <p>Needs {@code OCL_ICD_VENDORS} and the system property {@code cipherstream.images}, as {@code
 * sim/build.sh sim-golden} makes them.
 */
class SimulatedCardIT {

  private static final Path IMAGE =
      Path.of(System.getProperty("cipherstream.images", "target/images"), "sim", "sim-golden");
  private static final String SEED = System.getProperty("seed", "20261124");
  private static final long SECONDS_MAX = 300;

  @TempDir private Path folder;

  private static List<String> trial(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(CardTrial.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("the trial ends").isTrue();
    return text.lines().toList();
  }

  private static List<String> trial(Path image, String degree, Map<String, String> environment)
      throws IOException, InterruptedException {
    return trial(environment, image.toString(), degree, "50", "600", "4096", "4", SEED);
  }

  private static String refusal(List<String> events) {
    assertThat(events).as("refused twice, nothing computed").hasSize(2);
    assertThat(events.get(0)).isEqualTo(events.get(1));
    return events.get(0);
  }

  @Test
  void randomProgramsEqualTheInterpreter() throws Exception {
    for (String degree : List.of("1024", "8192")) {
      assertThat(trial(IMAGE, degree, Map.of()))
          .as("N = %s, seed %s", degree, SEED)
          .singleElement()
          .asString()
          .startsWith("same: ")
          .contains("600 instructions");
    }
  }

  @Test
  void dividedProgramsOnTwoUnitsEqualTheInterpreter() throws Exception {
    Map<String, String> units = Map.of("CIPHERSTREAM_SIM_UNITS", "2");
    assertThat(trial(units, IMAGE.toString(), "1024", "50", "1500", "50", "40", SEED))
        .as("seed %s", SEED)
        .singleElement()
        .asString()
        .startsWith("same: ");
  }

  @Test
  void aTruncatedImageIsRefused() throws Exception {
    copy();
    Path image = folder.resolve("sim-golden.csimg");
    byte[] bytes = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(bytes, 1000));
    assertThat(refusal(trial(folder, "1024", Map.of())))
        .startsWith("BUILD: ")
        .contains("it has 1000 bytes, expected the " + bytes.length);
  }

  @Test
  void aCoreThatIsNotWhatItsManifestSaysIsRefused() throws Exception {
    copy();
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).contains("\"lanes\": 8");
    Files.writeString(manifest, text.replace("\"lanes\": 8", "\"lanes\": 4"));
    assertThat(refusal(trial(folder, "1024", Map.of())))
        .startsWith("BUILD: ")
        .contains("lanes is 8, the manifest says 4");
  }

  @Test
  void anImageForOtherRingsIsRefused() throws Exception {
    assertThat(refusal(trial(IMAGE, "512", Map.of())))
        .startsWith("BUILD: ")
        .contains("N is 512, it takes 1024 to 32768");
  }

  @Test
  void aMissingFolderOfDriversIsNamed() throws Exception {
    Path nowhere = folder.resolve("none");
    assertThat(refusal(trial(IMAGE, "1024", Map.of("OCL_ICD_VENDORS", nowhere.toString()))))
        .startsWith("UNAVAILABLE: ")
        .contains("OCL_ICD_VENDORS is " + nowhere, "which is no folder");
  }

  private void copy() throws IOException {
    for (String name : List.of("manifest.json", "sim-golden.csimg")) {
      Files.copy(IMAGE.resolve(name), folder.resolve(name));
    }
  }
}
