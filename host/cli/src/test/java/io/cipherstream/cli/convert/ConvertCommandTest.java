package io.cipherstream.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.Main;
import io.cipherstream.cli.base.ExitCodes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code convert} refuses before it reads a model: at once, and without leaving anything. */
class ConvertCommandTest {

  @TempDir private Path folder;
  private Path model;
  private Path data;
  private Path out;

  @BeforeEach
  void files() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("train.tsv"), "sentence\tlabel\na\t0\nb\t1\n");
    Files.writeString(data.resolve("dev.tsv"), "sentence\tlabel\nc\t0\n");
    out = folder.resolve("out");
  }

  /** A command that would go on to read the model, with something more. */
  private void refused(int code, String message, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("convert", "--from", "" + model, "--data", "" + data, "--out", "" + out));
    all.addAll(List.of(more));
    if (!all.contains("--task")) {
      all.addAll(List.of("--task", "sst2"));
    }
    refusedExactly(code, message, all);
  }

  private void refusedExactly(int code, String message, List<String> arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit;
    try {
      exit = Main.run(arguments.toArray(String[]::new));
    } finally {
      System.setErr(before);
    }
    String said = err.toString(StandardCharsets.UTF_8);
    assertThat(said).as("%s", arguments).contains(message);
    assertThat(exit).as("%s: %s", arguments, said).isEqualTo(code);
    assertThat(folder.resolve("out.work")).doesNotExist();
  }

  @Test
  void theThreeThatItNeedsAreNamed() {
    refusedExactly(ExitCodes.USAGE, "--from", List.of("convert"));
    refusedExactly(ExitCodes.USAGE, "--task", List.of("convert", "--from", "" + model));
    refusedExactly(
        ExitCodes.USAGE, "--data", List.of("convert", "--from", "" + model, "--task", "sst2"));
    refusedExactly(
        ExitCodes.USAGE,
        "--out DIR",
        List.of("convert", "--from", "" + model, "--task", "sst2", "--data", "" + data));
    refusedExactly(ExitCodes.USAGE, "--out DIR", List.of("convert", "miniature"));
  }

  @Test
  void missingFilesAreRefused() throws IOException {
    Files.delete(data.resolve("dev.tsv"));
    refused(ExitCodes.BAD_INPUT, "dev.tsv");
    refused(ExitCodes.BAD_INPUT, "--dev: no file", "--dev", "" + data.resolve("none.tsv"));
    Files.delete(model);
    Files.writeString(data.resolve("dev.tsv"), "sentence\tlabel\nc\t0\n");
    refused(ExitCodes.BAD_INPUT, "--from: no file or folder");
  }

  @Test
  void aPackageThatIsThereIsRefusedBeforeTraining() throws IOException {
    Files.createDirectory(out);
    refused(ExitCodes.BAD_INPUT, "remove it first");
    Files.delete(out);
    Files.createDirectory(folder.resolve("out-exact"));
    refused(ExitCodes.BAD_INPUT, "out-exact", "--also", "exact");
  }

  @Test
  void unknownTasksAndContradictionsAreRefused() {
    refused(ExitCodes.USAGE, "one of them", "--task", "x", "--labels", "a,b", "--values", "0,1");
    refused(ExitCodes.USAGE, "the least and the largest", "--task", "x", "--values", "1");
    refused(ExitCodes.BAD_INPUT, "at least two distinct", "--task", "x", "--labels", "a,a");
    refused(ExitCodes.USAGE, "CoNLL", "--task", "ner", "--labels", "a,b");
    refused(ExitCodes.USAGE, "word labels", "--task", "ner", "--student", "layers=2,hidden=128");
    refusedExactly(
        ExitCodes.USAGE,
        "the only Maven artifact is maven:minilm",
        List.of("convert", "--from", "maven:bert", "--task", "sst2", "--data", "" + data));
  }

  @Test
  void numbersOutsideTheirRangesAreRefused() {
    refused(ExitCodes.USAGE, "--max-tokens 65", "--max-tokens", "65");
    refused(ExitCodes.USAGE, "--held-out 1.0", "--held-out", "1");
    refused(ExitCodes.USAGE, "--threads 0", "--threads", "0");
    refused(ExitCodes.USAGE, "--margin 0.5", "--margin", "0.5");
    refused(ExitCodes.USAGE, "--seeds [1, 1]", "--seeds", "1,1");
    refused(ExitCodes.USAGE, "--budget -1.0", "--budget", "-1");
    refused(ExitCodes.USAGE, "precision 'half'", "--precision", "half");
    refused(ExitCodes.USAGE, "batch 0", "--batch", "0");
    refused(ExitCodes.USAGE, "learning rate 7.0 of stage exact", "--learning-rate", "exact=7");
    refused(ExitCodes.USAGE, "epochs -1.0 of stage thex", "--epochs", "thex=-1");
  }

  @Test
  void sealedSpecsThatMakeNoEncoderAreRefused() {
    refused(ExitCodes.USAGE, "--spec CQ: expected --sealed with it", "--spec", "CQ");
    refused(ExitCodes.USAGE, "--start model: expected --sealed with it", "--start", "model");
    refused(ExitCodes.USAGE, "sealed spec 'QC': expected", "--sealed", "--spec", "QC");
    refused(ExitCodes.USAGE, "or auto", "--sealed", "--spec", "cheap");
    refused(ExitCodes.USAGE, "sealed spec 'QC': expected", "--sealed", "--spec", "CQ,QC");
    refused(ExitCodes.USAGE, "--thex: expected --sealed with it", "--thex");
    refused(ExitCodes.USAGE, "--ffn kan: expected --sealed with it", "--ffn", "kan");
    refused(ExitCodes.USAGE, "--activation relu: expected --sealed", "--activation", "relu");
    refused(ExitCodes.USAGE, "--ffn kan3: expected neurons, kan", "--sealed", "--ffn", "kan3");
    refused(ExitCodes.USAGE, "edges of degree 2 at most", "--sealed", "--ffn", "kan4");
    refused(
        ExitCodes.USAGE,
        "--spec CQ: expected CT for a task of word labels",
        "--sealed",
        "--task",
        "ner",
        "--spec",
        "CQ");
    refused(
        ExitCodes.USAGE, "--spec CT: expected a task of word labels", "--sealed", "--spec", "CT");
    refused(
        ExitCodes.USAGE,
        "stage thex is not one of this conversion",
        "--sealed",
        "--epochs",
        "thex=1");
  }

  @Test
  void whatASealedConversionWouldIgnoreIsRefusedByName() {
    refusedSealed("--also: not expected with --sealed: it writes one", "--also", "exact");
    refusedSealed("--force: not expected with --sealed: it always", "--force");
    refusedSealed("--polynomial: not expected with --sealed: it trains no", "--polynomial");
    refusedSealed("--polynomial: not expected with --sealed: it trains no", "--no-polynomial");
    refusedSealed("--pool-texts: not expected with --sealed: its", "--pool-texts", "10");
    refusedSealed("--budget: expected --spec auto with it", "--budget", "2");
    refusedSealed("there is one, CP", "--spec", "CP", "--budget", "2");
  }

  private void refusedSealed(String message, String... more) {
    List<String> all = new ArrayList<>(List.of("--sealed"));
    all.addAll(List.of(more));
    refused(ExitCodes.USAGE, message, all.toArray(String[]::new));
  }

  @Test
  void stagesThatTheConversionDoesNotHaveAreRefused() {
    refused(ExitCodes.BAD_INPUT, "stage 'norm'", "--epochs", "norm=1");
    refused(
        ExitCodes.USAGE, "stage student is not one of this conversion", "--epochs", "student=1");
    refused(
        ExitCodes.USAGE,
        "stage polynomial is not one of this conversion",
        "--no-polynomial",
        "--also",
        "polynomial");
    refused(ExitCodes.BAD_INPUT, "student 'big'", "--student", "big");
  }

  @Test
  void aModelOfAnotherKindIsRefusedByName() throws IOException {
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"gpt2\"}");
    Files.writeString(model.resolve("model.safetensors"), "");
    refusedExactlyWithWork("gpt2");
  }

  /** As {@link #refused}, but the work folder is made before the model is read. */
  private void refusedExactlyWithWork(String message) {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit;
    try {
      exit =
          Main.run(
              "convert",
              "--from",
              "" + model,
              "--data",
              "" + data,
              "--out",
              "" + out,
              "--task",
              "sst2");
    } finally {
      System.setErr(before);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
    assertThat(exit).isEqualTo(ExitCodes.BAD_INPUT);
  }
}
