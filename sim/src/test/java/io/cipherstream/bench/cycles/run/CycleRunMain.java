package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.run.BenchListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A quick run of one configuration, in a process that has the environment for it. */
final class CycleRunMain {

  private CycleRunMain() {}

  private static final BenchListener QUIET =
      new BenchListener() {
        @Override
        public void begin(int number, int of, String what, Duration left) {}

        @Override
        public void note(String text) {}
      };

  /**
   * @param arguments configuration, folder of all configurations, folder for the files
   */
  public static void main(String[] arguments) {
    var report =
        new CycleRun(
                new CycleOptions(
                    List.of(arguments[0]),
                    true,
                    Path.of(arguments[2]),
                    Path.of(arguments[1]),
                    System.getenv(),
                    "test"),
                QUIET)
            .run();
    System.out.println(report.simulated() + " simulated");
  }
}
