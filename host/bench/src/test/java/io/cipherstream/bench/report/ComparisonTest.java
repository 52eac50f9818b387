package io.cipherstream.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.bench.report.Comparison.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final BenchCase ROTATE = Reports.rotate("seal-limb");

  private static Comparison.Line compare(double[] a, double[] b) {
    Comparison comparison =
        Comparison.of(
            Reports.of(List.of(Reports.measured(ROTATE, a))),
            Reports.of(List.of(Reports.measured(ROTATE, b))),
            false);
    return comparison.lines().get(0);
  }

  @Test
  void aChangeOutsideBothSpreadsIsCalledOne() {
    double[] before = {100, 101, 102, 99, 98};
    double[] slower = {120, 121, 122, 119, 118};
    assertThat(compare(before, slower).verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(compare(before, slower).ratio()).isEqualTo(1.2);
    assertThat(compare(slower, before).verdict()).isEqualTo(Verdict.FASTER);
  }

  @Test
  void aChangeWithinEitherSpreadIsNot() {
    double[] narrow = {100, 101, 102, 99, 98};
    double[] wide = {120, 60, 180, 90, 150};
    assertThat(compare(narrow, wide).verdict()).isEqualTo(Verdict.SAME);
    assertThat(compare(wide, narrow).verdict()).isEqualTo(Verdict.SAME);
  }

  @Test
  void aTinyChangeIsNotHoweverNarrowTheSpread() {
    assertThat(compare(new double[] {100, 100, 100}, new double[] {102, 102, 102}).verdict())
        .isEqualTo(Verdict.SAME);
    assertThat(compare(new double[] {100, 100, 100}, new double[] {104, 104, 104}).verdict())
        .isEqualTo(Verdict.SLOWER);
  }

  @Test
  void casesOfOnlyOneRunAreListedAndFailedOnesDoNotCount() {
    BenchCase other = Reports.rotate("plain-seal");
    Comparison comparison =
        Comparison.of(
            Reports.of(
                List.of(Reports.measured(ROTATE, 1), Measurement.failed(other, "no memory"))),
            Reports.of(List.of(Reports.measured(other, 1))),
            false);
    assertThat(comparison.lines()).isEmpty();
    assertThat(comparison.onlyA()).containsExactly(ROTATE);
    assertThat(comparison.onlyB()).containsExactly(other);
    assertThat(comparison.slower()).isZero();
  }

  @Test
  void anotherMachineOrOtherSettingsNeedForce() {
    BenchReport a = Reports.of(List.of(Reports.measured(ROTATE, 1)));
    MachineFacts machine =
        new MachineFacts("another", 64, List.of(), 8L << 30, "Linux", "17", "performance");
    BenchReport b = Reports.of(machine, BenchSettings.FULL, a.measurements());
    assertThatThrownBy(() -> Comparison.of(a, b, false))
        .isInstanceOfSatisfying(
            BenchException.class,
            e -> assertThat(e.kind()).isEqualTo(BenchException.Kind.DIFFERENT))
        .hasMessageContaining("processor: Test <CPU> & co and another")
        .hasMessageContaining("processors: 2 and 64")
        .hasMessageContaining("settings")
        .hasMessageContaining("--force");
    assertThat(Comparison.of(a, b, true).lines()).hasSize(1);
  }
}
