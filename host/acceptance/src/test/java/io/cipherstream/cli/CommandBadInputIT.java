package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way of asking for the impossible: message, exit code, nothing on standard output. */
@Tag("native")
@Tag("slow")
class CommandBadInputIT {

  @TempDir private static Path home;
  private static Programs programs;

  @BeforeAll
  static void start() throws IOException {
    programs = new Programs(home).inOneProcess();
  }

  @AfterAll
  static void stop() {
    programs.close();
  }

  @Test
  void emptyText() throws Exception {
    refused(ExitCodes.BAD_INPUT, "empty", "classify", "--text", "  ");
  }

  @Test
  void noText() throws Exception {
    refused(ExitCodes.USAGE, "--text", "classify");
  }

  @Test
  void fileThatIsNotUtf8() throws Exception {
    Path file = Files.write(home.resolve("bad.txt"), new byte[] {'o', 'k', '\n', (byte) 0xc3, '('});
    refused(ExitCodes.BAD_INPUT, "line 2", "classify", "--file", file.toString());
  }

  @Test
  void emptyLineInAFile() throws Exception {
    Path file = Files.writeString(home.resolve("gap.txt"), "one\n\ntwo\n");
    refused(ExitCodes.BAD_INPUT, "line 2", "classify", "--file", file.toString());
  }

  @Test
  void tooLongTextNamesTheLimitAndIsNeverCut() throws Exception {
    String advice = "at most 64; shorten or split the text; or have it cut with --truncate";
    refused(ExitCodes.BAD_INPUT, advice, "classify", "--text", "word ".repeat(63));
  }

  @Test
  void tooLongLineOfAFileIsNamed() throws Exception {
    Path file = Files.writeString(home.resolve("long.txt"), "fine\n" + "word ".repeat(63) + "\n");
    refused(ExitCodes.BAD_INPUT, "line 2", "classify", "--file", file.toString());
  }

  @Test
  void unknownModelListsTheKnownOnes() throws Exception {
    refused(ExitCodes.BAD_INPUT, "sst2-tiny", "classify", "--model", "nope", "--text", "a");
  }

  @Test
  void wrongModeListsTheModelsModes() throws Exception {
    refused(ExitCodes.BAD_INPUT, "[paper, compact]", "classify", "--mode", "hybrid", "--text", "a");
  }

  @Test
  void unknownEngine() throws Exception {
    refused(ExitCodes.USAGE, "seal-limb", "classify", "--engine", "fpga", "--text", "a");
    refused(ExitCodes.USAGE, "simulate", "evaluate", "--engine", "fpga", "--data", "x.tsv");
  }

  @Test
  void noiseWithoutSimulate() throws Exception {
    refused(
        ExitCodes.USAGE,
        "--noise with --engine plaintext: expected --engine simulate",
        "evaluate",
        "--engine",
        "plaintext",
        "--noise",
        "--data",
        "x.tsv");
  }

  @Test
  void classifierDoesNotEmbed() throws Exception {
    refused(ExitCodes.BAD_INPUT, "classify", "embed", "--model", "sst2-tiny", "--text", "a");
  }

  @Test
  void unreachableServer() throws Exception {
    refused(
        ExitCodes.SERVER,
        "is it running",
        "classify",
        "--text",
        "a",
        "--url",
        "https://127.0.0.1:1");
  }

  @Test
  void plainHttpToAnotherMachine() throws Exception {
    refused(
        ExitCodes.USAGE, "use https", "classify", "--text", "a", "--url", "http://192.0.2.1:8080");
  }

  @Test
  void unknownCommandAndOption() throws Exception {
    refused(ExitCodes.USAGE, "nonsense", "nonsense");
    refused(ExitCodes.USAGE, "--colour", "classify", "--colour", "red");
  }

  @Test
  void tableWithoutHeader() throws Exception {
    Path file = Files.writeString(home.resolve("d.tsv"), "good\t1\n");
    refused(ExitCodes.BAD_INPUT, "sentence<TAB>label", "evaluate", "--data", file.toString());
  }

  @Test
  void allRowsThatCannotBeUsedAreNamedBeforeAnythingIsComputed() throws Exception {
    Path file =
        Files.writeString(
            home.resolve("d.tsv"),
            "idx\tsentence\tlabel\n0\tgood\t1\n1\tno label\n2\tgood\t-\n3\t"
                + "long ".repeat(80)
                + "\t0\n4\tbad\t0\n");
    Programs.Finished refused = programs.run("evaluate", "--data", file.toString());
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(refused.err())
        .contains("3 rows", "line 3", "line 4", "line 5", "--skip-bad-rows", "--truncate");
    assertThat(refused.out()).isEmpty();
    Path texts = Files.writeString(home.resolve("t.txt"), "good\n\nok\n\n");
    refused(ExitCodes.BAD_INPUT, "2 rows", "classify", "--file", texts.toString());
  }

  @Test
  void anEmbeddingModelIsNotStartedForALabel() throws Exception {
    new TaskModels(Files.createDirectories(home.resolve("models"))).embedding();
    refused(
        ExitCodes.BAD_INPUT, "use embed", "classify", "--model", "embedding", "--text", "a man");
    assertThat(home.resolve("own")).as("no appliance was begun").doesNotExist();
  }

  @Test
  void importOfAFileThatIsNoModel() throws Exception {
    Path file = Files.writeString(home.resolve("m.bin"), "not a model at all");
    refused(ExitCodes.BAD_INPUT, "neither", "model", "import", file.toString(), "--name", "m");
    assertThat(home.resolve("models/m")).doesNotExist();
  }

  private void refused(int exitCode, String message, String... arguments) throws Exception {
    Programs.Finished finished = programs.run(arguments);
    assertThat(finished.exitCode()).as(finished.err()).isEqualTo(exitCode);
    assertThat(finished.err()).contains(message);
    assertThat(finished.out()).isEmpty();
  }
}
