package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs of {@code deploy/cluster/trial.sh}: a node is killed, and one is stopped for a while.
 * Where this machine allows no network namespaces, nothing is tried. The script's {@code --runs
 * 100} is the long trial.
 */
@Tag("native")
@Tag("slow")
class ClusterTrialIT {

  /** What the script ends with where there are no namespaces. */
  private static final int NOT_ALLOWED = 77;

  @TempDir private Path folder;

  @Test
  void noAnswerIsWrongAndNoRequestIsLost() throws Exception {
    Programs programs = new Programs(folder);
    Process trial =
        new ProcessBuilder(
                programs.root().resolve("deploy/cluster/trial.sh").toString(),
                "--runs",
                "2",
                "--program",
                programs.launcher().toString(),
                "--folder",
                folder.resolve("trial").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.txt").toFile())
            .start();
    try {
      assertThat(trial.waitFor(10, TimeUnit.MINUTES)).isTrue();
    } finally {
      trial.destroy();
    }
    String said = java.nio.file.Files.readString(folder.resolve("out.txt"));
    assumeTrue(trial.exitValue() != NOT_ALLOWED, said);
    assertThat(trial.exitValue()).as(said).isZero();
    assertThat(said).contains("wrong 0", "lost 0");
  }
}
