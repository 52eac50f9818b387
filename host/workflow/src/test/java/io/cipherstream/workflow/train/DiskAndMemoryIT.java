package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full and memory that ends, by limits of a child process. */
@Tag("slow")
@Tag("training")
class DiskAndMemoryIT {

  private static final long MINUTES_MAX = 4;

  @TempDir private Path folder;

  /** Unpacks the native libraries, which a child without disk could not. */
  @BeforeAll
  static void unpack() {
    torch.manual_seed(1);
  }

  private String child(String limit, String option, String... arguments)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path output = folder.resolve("output");
    String command =
        String.format(
            "%s exec '%s' -XX:TieredStopAtLevel=1 -Xmx512m %s -cp '%s' %s %s",
            limit,
            java,
            option,
            System.getProperty("java.class.path"),
            ChildTraining.class.getName(),
            String.join(" ", arguments));
    Process process =
        new ProcessBuilder("bash", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).as(text).isTrue();
    Files.writeString(output, text);
    return text;
  }

  private List<String> checkpoints(Path work) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.startsWith("check")).toList();
    }
  }

  @Test
  void aFullDiskLeavesTheLastCheckpointAndTheTrainingGoesOnLater() throws Exception {
    Path work = folder.resolve("work");
    assertThat(child("", "", work.toString(), "16", "64", "5")).contains("INTERRUPTED");
    assertThat(checkpoints(work)).containsExactly("checkpoint-000000005");
    byte[] before = Files.readAllBytes(work.resolve("checkpoint-000000005/state.pt"));
    // A file may have 100 KiB: less than a checkpoint.
    assertThat(child("ulimit -f 100;", "", work.toString(), "16", "64", "9"))
        .contains("CHECKPOINT cannot write a checkpoint of step 9")
        .contains("the previous one is kept");
    assertThat(checkpoints(work)).containsExactly("checkpoint-000000005");
    assertThat(Files.readAllBytes(work.resolve("checkpoint-000000005/state.pt"))).isEqualTo(before);
    assertThat(child("", "", work.toString(), "16", "64", "-1")).contains("FINISHED at 80");
  }

  @Test
  void aBatchThatDoesNotFitIsNamedWithOneThatDoes() throws Exception {
    String text =
        child(
            "",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=1400m -Dorg.bytedeco.javacpp.maxRetries=1",
            folder.resolve("memory").toString(),
            "4096",
            "1024",
            "3");
    assertThat(text).contains("MEMORY a batch of 4096 examples does not fit into memory");
    int fits = Integer.parseInt(text.replaceAll("(?s).*use --batch (\\d+).*", "$1"));
    assertThat(fits).isBetween(1, 2048);
    assertThat(
            child(
                "",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=1400m -Dorg.bytedeco.javacpp.maxRetries=1",
                folder.resolve("again").toString(),
                Integer.toString(fits / 2),
                "1024",
                "1"))
        .doesNotContain("MEMORY");
  }
}
