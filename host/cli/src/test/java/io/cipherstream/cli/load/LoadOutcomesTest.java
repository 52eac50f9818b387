package io.cipherstream.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Counts of many clients at one time against the numbers that they were given. */
class LoadOutcomesTest {

  private static final LoadReport.Asked ASKED = new LoadReport.Asked("m", "sealed", 4, 2, 1, 0, 1);

  @Test
  void percentilesAreThoseOfTheSortedTimes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    LoadOutcomes outcomes = new LoadOutcomes();
    List<Long> all = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      long[] nanos = random.longs(2500, 1_000_000, 5_000_000_000L).toArray();
      Thread thread =
          new Thread(
              () -> {
                for (long n : nanos) {
                  all.add(n);
                  outcomes.answer(n, 0.001, 0.1);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<Long> sorted = all.stream().sorted().toList();
    LoadReport.Times times = outcomes.report(ASKED, List.of()).answered();
    assertThat(times.count()).as("seed %d", seed).isEqualTo(10_000);
    close(times.median(), sorted.get(4999));
    close(times.p90(), sorted.get(8999));
    close(times.p99(), sorted.get(9899));
    close(times.p999(), sorted.get(9989));
    close(times.max(), sorted.get(9999));
  }

  private static void close(double seconds, long nanos) {
    assertThat(seconds).isCloseTo(nanos / 1e9, within(0.002 * nanos / 1e9));
  }

  @Test
  void wrongUncheckedAndRefusedAreToldApart() {
    LoadOutcomes outcomes = new LoadOutcomes();
    outcomes.answer(1, 0.05, 0.1);
    outcomes.answer(1, 0.2, 0.1);
    outcomes.answer(1, Double.POSITIVE_INFINITY, 0.1);
    outcomes.answer(1, Double.NaN, 0.1);
    outcomes.refusal(5_000_000, "overloaded", "the first text");
    outcomes.refusal(7_000_000, "overloaded", "another text");
    outcomes.refusal(1, "timeout", "a third one");
    LoadReport report = outcomes.report(ASKED, List.of());
    assertThat(report.wrong()).isEqualTo(2);
    assertThat(report.unchecked()).isEqualTo(1);
    assertThat(report.refusals()).containsEntry("overloaded", 2L).containsEntry("timeout", 1L);
    assertThat(report.firstFailure()).isEqualTo("overloaded: the first text");
    assertThat(report.refused().max()).isCloseTo(0.007, within(1e-4));
    assertThat(report.answersPerSecond().stream().mapToInt(Integer::intValue).sum()).isEqualTo(4);
  }

  @Test
  void thePageShowsWhatWasFound() {
    LoadOutcomes outcomes = new LoadOutcomes();
    for (int i = 1; i <= 100; i++) {
      outcomes.answer(i * 10_000_000L, 0.01, 0.1);
    }
    outcomes.refusal(5_000_000, "overloaded", "a <text>");
    String html =
        new LoadPage(
                outcomes.report(
                    ASKED,
                    List.of(
                        new ProcessWatch.Sample(0, 7, 1 << 20, 10, 20),
                        new ProcessWatch.Sample(1, 7, 2 << 20, 11, 21))))
            .html();
    assertThat(html)
        .contains(
            "100 answers", "overloaded", "a &lt;text&gt;", "Resident memory", "Descriptors", "<svg")
        .doesNotContain("<script", "a <text>");
  }
}
