package io.cipherstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordCheckTest {

  private static final List<String> ORDER = List.of("plain-seal", "seal-hexl", "seal-limb");

  @Test
  void everyEngineIsHeldAgainstTheFirstOfTheOrder() {
    List<Measurement> checked =
        WordCheck.check(
            List.of(
                Reports.measured(Reports.rotate("seal-limb"), "bb", 1),
                Reports.measured(Reports.rotate("plain-seal"), "aa", 1),
                Reports.measured(Reports.rotate("seal-hexl"), "aa", 1)),
            ORDER);
    assertThat(checked).extracting(Measurement::wordsEqual).containsExactly(false, null, true);
    BenchReport report = Reports.of(checked);
    assertThat(report.differentWords()).isEqualTo(1);
    assertThat(report.comparedWords()).isEqualTo(2);
  }

  @Test
  void whatNobodyElseComputedIsNotCompared() {
    List<Measurement> checked =
        WordCheck.check(
            List.of(
                Reports.measured(Reports.rotate("seal-limb"), "bb", 1),
                Reports.measured(Reports.rotate("plain-seal"), 1)),
            ORDER);
    assertThat(checked).extracting(Measurement::wordsEqual).containsExactly(null, null);
  }
}
