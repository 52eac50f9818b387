package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine on a card whose core is the functional model: words equal the interpreter's, wrong
 * images and folders are refused with what to do.
 */
@Tag("hardware")
class SimulatedCardIT {

  private static final Path IMAGE = SimulationProcess.image("sim-golden");

  @TempDir private Path folder;

  private static List<String> trial(SimulationProcess trial, Path image, int degree)
      throws Exception {
    return trial.run(image, degree, 50, 600, 4, SimulationProcess.SEED).out();
  }

  private static List<String> trial(Path image, int degree) throws Exception {
    return trial(SimulationProcess.of(CardTrial.class), image, degree);
  }

  private static String refusal(List<String> events) {
    assertThat(events).as("refused twice, nothing computed").hasSize(2);
    assertThat(events.get(0)).isEqualTo(events.get(1));
    return events.get(0);
  }

  @Test
  void randomProgramsEqualTheInterpreter() throws Exception {
    for (int degree : new int[] {1024, 32768}) {
      assertThat(trial(IMAGE, degree))
          .as("N = %d, seed %d", degree, SimulationProcess.SEED)
          .singleElement()
          .asString()
          .startsWith("same: ")
          .contains("600 instructions");
    }
  }

  @Test
  void aTruncatedImageIsRefused() throws Exception {
    copy();
    Path image = folder.resolve("sim-golden.csimg");
    byte[] bytes = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(bytes, 1000));
    assertThat(refusal(trial(folder, 1024)))
        .startsWith("BUILD: ")
        .contains("it has 1000 bytes, expected the " + bytes.length)
        .endsWith("build it again");
  }

  @Test
  void anImageWithADamagedByteIsRefused() throws Exception {
    copy();
    Path image = folder.resolve("sim-golden.csimg");
    byte[] bytes = Files.readAllBytes(image);
    bytes[bytes.length / 2] ^= 1;
    Files.write(image, bytes);
    assertThat(refusal(trial(folder, 1024)))
        .startsWith("BUILD: ")
        .contains("its SHA-256 is ")
        .endsWith("build it again");
  }

  @Test
  void aCoreThatIsNotWhatItsManifestSaysIsRefused() throws Exception {
    copy();
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).contains("\"lanes\": 8");
    Files.writeString(manifest, text.replace("\"lanes\": 8", "\"lanes\": 4"));
    assertThat(refusal(trial(folder, 1024)))
        .startsWith("BUILD: ")
        .contains("lanes is 8, the manifest says 4");
  }

  @Test
  void anImageForOtherRingsIsRefused() throws Exception {
    assertThat(refusal(trial(IMAGE, 512)))
        .startsWith("BUILD: ")
        .contains("N is 512, it takes 1024 to 32768")
        .endsWith("choose another image, or build one for them");
    assertThat(refusal(trial(SimulationProcess.image("sim-small-debug"), 2048)))
        .startsWith("BUILD: ")
        .contains("N is 2048, it takes 1024");
  }

  @Test
  void aMissingFolderOfImagesIsNamed() throws Exception {
    assertThat(refusal(trial(folder, 1024)))
        .startsWith("UNAVAILABLE: no device image in " + folder)
        .contains("cipherstream bitstream build");
  }

  @Test
  void aMissingFolderOfDriversIsNamed() throws Exception {
    Path nowhere = folder.resolve("none");
    SimulationProcess trial =
        SimulationProcess.of(CardTrial.class).variable("OCL_ICD_VENDORS", nowhere.toString());
    assertThat(refusal(trial(trial, IMAGE, 1024)))
        .startsWith("UNAVAILABLE: ")
        .contains("OCL_ICD_VENDORS is " + nowhere, "which is no folder");
  }

  private void copy() throws IOException {
    for (String name : List.of("manifest.json", "sim-golden.csimg")) {
      Files.copy(IMAGE.resolve(name), folder.resolve(name));
    }
  }
}
