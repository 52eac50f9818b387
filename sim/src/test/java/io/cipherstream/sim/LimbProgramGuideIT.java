package io.cipherstream.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Someone else's continuous integration: the files and commands of {@code docs/limb-programs.md},
 * and nothing else. The words expected are those of Python's integers.
 */
@Tag("hardware")
class LimbProgramGuideIT {

  private static final Path GUIDE =
      Path.of(System.getProperty("cipherstream.root"), "docs", "limb-programs.md");

  @TempDir private Path folder;

  private String guide;

  @BeforeEach
  void files() throws IOException {
    guide = Files.readString(GUIDE);
    Files.writeString(folder.resolve("product.lp"), block("limb-program"));
    Files.writeString(folder.resolve("words.py"), block("python"));
  }

  private String block(String language) {
    Matcher m = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(guide);
    assertThat(m.find()).as(language).isTrue();
    return m.group(1);
  }

  /** A command line of the guide, with files in the test's folder. */
  private SimulationProcess.Finished run(String command) throws Exception {
    assertThat(guide).contains("    " + command + "\n");
    List<Object> arguments = new ArrayList<>();
    for (String word : command.replace("./cipherstream ", "").split(" ", -1)) {
      arguments.add(word.matches(".*\\.(lp|xml)|failures") ? folder.resolve(word) : word);
    }
    return SimulationProcess.commandLine()
        .variable("CIPHERSTREAM_HOME", folder.resolve("home").toString())
        .run(arguments.toArray());
  }

  private void python() throws Exception {
    assertThat(guide).contains("    python3 words.py\n");
    Process process =
        new ProcessBuilder("python3", "words.py")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void theProgramRunsAndItsWordsArePythons() throws Exception {
    SimulationProcess.Finished drawn = run("./cipherstream sim exec product.lp");
    assertThat(drawn.exitCode()).as(drawn.err()).isZero();
    assertThat(String.join("\n", drawn.out()))
        .contains("product.lp: passed, 4 instructions, ", " cycles, ", "drawn with seed 1: x, y");
    python();
    String command = "./cipherstream sim exec product.lp --junit report.xml";
    SimulationProcess.Finished right = run(command);
    assertThat(right.exitCode()).as(right.err()).isZero();
    assertThat(String.join("\n", right.out())).contains("1,024 as in files");
    assertThat(folder.resolve("report.xml")).content().contains("failures=\"0\" errors=\"0\"");

    Path expected = folder.resolve("product.z.expect");
    byte[] words = Files.readAllBytes(expected);
    words[8 * 77] ^= 1;
    Files.write(expected, words);
    SimulationProcess.Finished wrong = run(command);
    assertThat(wrong.exitCode()).as(wrong.err()).isEqualTo(5);
    assertThat(String.join("\n", wrong.out())).contains("segment z, word 77 (limb 0, word 77");
    assertThat(folder.resolve("report.xml")).content().contains("failures=\"1\" errors=\"0\"");
  }

  @Test
  void aSeedOnWhichTheCardDiffersIsKept() throws Exception {
    SimulationProcess.Finished found =
        SimulationProcess.commandLine()
            .variable("CIPHERSTREAM_HOME", folder.resolve("home").toString())
            .setting("FAULT", flips())
            .run(
                "sim",
                "run",
                "--engine",
                "sim:sim-small-debug",
                "--seeds",
                "1-2",
                "--instructions",
                40,
                "--keep",
                folder.resolve("failures"),
                "--junit",
                folder.resolve("random.xml"));
    assertThat(found.exitCode()).as(found.err()).isEqualTo(5);
    assertThat(found.out()).anyMatch(line -> line.startsWith("seed 1: DIFFERS: random-"));
    assertThat(found.err()).contains("kept: ./cipherstream sim exec ");
    assertThat(folder.resolve("random.xml")).content().contains("tests=\"2\"");
    // Beats are flipped once, so that the card is right when the program runs again.
    SimulationProcess.Finished again =
        SimulationProcess.commandLine()
            .variable("CIPHERSTREAM_HOME", folder.resolve("home").toString())
            .run(
                "sim",
                "exec",
                folder.resolve("failures/seed-1.lp"),
                "--engine",
                "sim:sim-small-debug");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).noneMatch(line -> line.contains("drawn"));
  }

  /**
   * Limbs all over the first program's run: a word that is flipped may be one that nothing needs.
   * The probe reads 6 beats and this run 1,459: 51 of tables, job and stream, which are read ahead
   * at its beginning, and limbs. A flip in a stream, also that of a later run, makes an operation
   * that the card refuses, which is no difference.
   */
  private static String flips() {
    List<String> flips = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      flips.add("flip@" + (200 + 61 * i));
    }
    return String.join(",", flips);
  }
}
