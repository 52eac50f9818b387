package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.OutOfMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that get too little memory. */
@Tag("native")
@Tag("slow")
class OutOfMemoryIT {

  private static final long SECONDS_MAX = 120;

  @TempDir private Path home;

  @Test
  void aCommandThatRunsOutEndsAndSaysWhatToRaise() throws Exception {
    Path data = home.resolve("d.tsv");
    Files.writeString(data, "sentence\tlabel\na charming journey\tpositive\n");
    Path out = home.resolve("out");
    Path err = home.resolve("err");
    Process process =
        new Programs(home)
            .with(OutOfMemory.JAVA_OPTIONS, "-Xmx40m")
            .start(out, err, "evaluate", "--data", data.toString(), "--engine", "simulate");
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(ExitCodes.FAILURE);
    assertThat(Files.readString(err))
        .contains("out of memory: the Java heap of")
        .contains("JDK_JAVA_OPTIONS=-Xmx")
        .doesNotContain("\tat ");
    assertThat(Files.readString(out)).isEmpty();
  }

  @Test
  void anApplianceThatRunsOutWhileItStartsSaysSo() throws Exception {
    Programs programs = new Programs(home);
    Path tree = home.resolve("tree");
    Path options = Files.createDirectories(tree.resolve("deploy/setup")).resolve("server.jvm");
    Files.createSymbolicLink(
        tree.resolve("deploy/models"), programs.root().resolve("deploy/models"));
    Files.writeString(
        options, "-Xmx16m\n-XX:MaxDirectMemorySize=1024g\n-XX:+ExitOnOutOfMemoryError\n");
    Programs.Finished done =
        programs.withRoot(tree).run("classify", "--text", "a charming journey");
    assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCodes.SERVER);
    assertThat(done.err())
        .contains("stopped while starting")
        .contains("OutOfMemoryError")
        .contains(OutOfMemory.JAVA_OPTIONS);
  }
}
