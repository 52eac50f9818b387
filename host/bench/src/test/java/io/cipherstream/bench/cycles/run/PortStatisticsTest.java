package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortStatisticsTest {

  @TempDir private Path folder;

  private static String line(int read, int written) {
    return ("{'run':0,'ports':{'limbs0':{'readBytes':R,'writeBytes':W},'streams1':{'readBytes':R,'writeBytes':0},"
            + "'program0':{'readBytes':1,'writeBytes':2}}}\n")
        .replace('\'', '"')
        .replace("R", Integer.toString(read))
        .replace("W", Integer.toString(written));
  }

  @Test
  void onlyWhatCameSinceCountsAndRunsAddUp() throws IOException {
    Path file = folder.resolve("stats.jsonl");
    PortStatistics ports = new PortStatistics(file);
    ports.skip();
    Files.writeString(file, line(7, 7));
    ports.skip();
    Files.writeString(file, line(64, 128) + line(100, 0), StandardOpenOption.APPEND);
    assertThat(ports.next()).isEqualTo(Map.of("READ", 328L, "WRITTEN", 128L, "PROGRAM", 6L));
    assertThat(ports.next()).isEmpty();
  }

  @Test
  void withoutAFileThereAreNone() {
    PortStatistics ports = new PortStatistics(null);
    ports.skip();
    assertThat(ports.next()).isEmpty();
  }

  @Test
  void aPortThatIsNotKnownIsNoticed() throws IOException {
    Path file = folder.resolve("stats.jsonl");
    PortStatistics ports = new PortStatistics(file);
    Files.writeString(file, "{\"ports\":{\"c\":{}}}\n");
    assertThatThrownBy(ports::next).hasMessageContaining("port c");
  }
}
