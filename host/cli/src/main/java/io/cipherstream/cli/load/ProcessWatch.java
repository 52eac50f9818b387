package io.cipherstream.cli.load;

import io.cipherstream.cli.base.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Memory, descriptors and threads of processes of this machine, as the kernel counts them. */
final class ProcessWatch implements AutoCloseable {

  private static final long PERIOD_MILLIS = 1000;

  private final List<Long> processes;
  private final List<Sample> samples = new ArrayList<>();
  private final long started = System.nanoTime();
  private final Thread thread = new Thread(this::run, "process-watch");
  private volatile boolean over;

  /**
   * One process at one time.
   *
   * @param seconds since the beginning of the run
   * @param memoryBytes resident memory
   */
  record Sample(double seconds, long process, long memoryBytes, int descriptors, int threads) {}

  /**
   * @throws CliException if there is no such process, or it is another user's
   */
  ProcessWatch(List<Long> processes) {
    this.processes = processes;
    for (long process : processes) {
      if (!Files.isReadable(Path.of("/proc", String.valueOf(process), "status"))) {
        throw CliException.badInput(
            "--watch " + process + ": expected the number of a process of this machine");
      }
    }
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!over) {
      for (long process : processes) {
        try {
          Sample now = sample(process);
          synchronized (samples) {
            samples.add(now);
          }
        } catch (IOException | RuntimeException e) {
          // The process has ended, which its clients notice.
        }
      }
      try {
        Thread.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Sample sample(long process) throws IOException {
    Path folder = Path.of("/proc", String.valueOf(process));
    long memory = 0;
    int threads = 0;
    for (String line : Files.readAllLines(folder.resolve("status"))) {
      String[] words = line.split("\\s+", -1);
      if (line.startsWith("VmRSS:")) {
        memory = 1024 * Long.parseLong(words[1]);
      } else if (line.startsWith("Threads:")) {
        threads = Integer.parseInt(words[1]);
      }
    }
    try (Stream<Path> open = Files.list(folder.resolve("fd"))) {
      return new Sample(
          (System.nanoTime() - started) / 1e9, process, memory, (int) open.count(), threads);
    }
  }

  List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
  }
}
