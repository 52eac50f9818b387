package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.workflow.metric.Score;
import io.cipherstream.workflow.report.Variant.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantGroupTest {

  private static Variant hits(long seed, boolean... hits) {
    Predictions predictions = Predictions.ofHits(hits);
    double share = 0;
    for (double hit : predictions.hits()) {
      share += hit / hits.length;
    }
    return new Variant(
        Role.CONVERTED, "m", seed, 1, List.of(new Score("accuracy", share, 0.2)), predictions);
  }

  private static Variant plain(long seed, double value, double error) {
    return new Variant(Role.CONVERTED, "m", seed, 1, List.of(new Score("accuracy", value, error)));
  }

  @Test
  void hitsArePairedByExample() {
    VariantGroup a = new VariantGroup(List.of(hits(1, true, true, true, false)));
    VariantGroup b = new VariantGroup(List.of(hits(1, true, false, true, false)));
    Difference difference = a.minus(b, null, 0);
    // d = 0, 1, 0, 0: mean 1/4, error √(3/4)/4 = √(1 − 1/4)/4.
    assertThat(difference.value()).isEqualTo(0.25);
    assertThat(difference.standardError()).isCloseTo(Math.sqrt(0.75) / 4, within(1e-12));
    assertThat(difference.paired()).isTrue();
    assertThat(difference.verdict("exact")).isEqualTo("not distinguishable from exact");
  }

  @Test
  void withoutPredictionsTheErrorsAreTakenAsIndependent() {
    VariantGroup a = new VariantGroup(List.of(plain(1, 0.9, 0.03)));
    VariantGroup b = new VariantGroup(List.of(plain(1, 0.7, 0.04)));
    Difference difference = a.minus(b, null, 0);
    assertThat(difference.standardError()).isCloseTo(0.05, within(1e-12));
    assertThat(difference.paired()).isFalse();
    assertThat(difference.verdict("it")).isEqualTo("above it");
    assertThat(b.minus(a, null, 0).verdict("it")).isEqualTo("below it");
  }

  @Test
  void severalSeedsScatter() {
    VariantGroup group =
        new VariantGroup(List.of(plain(1, 0.9, 0), plain(2, 0.92, 0), plain(3, 0.88, 0)));
    assertThat(group.mean(0)).isCloseTo(0.9, within(1e-12));
    assertThat(group.deviation(0)).isCloseTo(0.02, within(1e-12));
    VariantGroup same =
        new VariantGroup(List.of(plain(1, 0.8, 0), plain(2, 0.82, 0), plain(3, 0.78, 0)));
    // Each seed's difference is 0.1: seeds add no error.
    assertThat(group.minus(same, null, 0).standardError()).isCloseTo(0, within(1e-12));
    VariantGroup one = new VariantGroup(List.of(plain(1, 0.8, 0)));
    assertThat(group.minus(one, null, 0).standardError())
        .isCloseTo(0.02 / Math.sqrt(3), within(1e-12));
    assertThat(one.deviation(0)).isNaN();
  }

  @Test
  void aScoreThatIsNotDefinedHasNoDifference() {
    VariantGroup a = new VariantGroup(List.of(plain(1, Double.NaN, Double.NaN)));
    VariantGroup b = new VariantGroup(List.of(plain(1, 0.7, 0.04)));
    assertThat(a.minus(b, null, 0).verdict("exact")).isEqualTo("no difference from exact defined");
    assertThat(a.minus(b, null, 0).text()).isEqualTo("not defined");
  }

  @Test
  void valuesAndWordsArePairedWithTheTruth() {
    Predictions truth = Predictions.ofValues(new double[] {1, 2, 3, 4, 5, 4});
    VariantGroup good = of("pearson", 0.99, Predictions.ofValues(new double[] {1, 2, 3, 4, 5, 5}));
    VariantGroup bad = of("pearson", 0.2, Predictions.ofValues(new double[] {3, 1, 3, 5, 2, 4}));
    assertThat(good.minus(bad, truth, 0).paired()).isTrue();
    assertThat(good.minus(bad, truth, 0).standardError()).isPositive();
    assertThat(good.minus(good, truth, 0)).isEqualTo(new Difference(0, 0, true));
    assertThat(good.minus(bad, null, 0).paired()).isFalse();

    List<List<String>> tags = List.of(List.of("B-PER", "O"), List.of("B-LOC"), List.of("O"));
    Predictions words = Predictions.ofWords(tags);
    VariantGroup right = of("entityF1", 1, words);
    VariantGroup wrong =
        of(
            "entityF1",
            2.0 / 3,
            Predictions.ofWords(List.of(List.of("B-PER", "O"), List.of("O"), List.of("O"))));
    assertThat(right.minus(wrong, words, 0).paired()).isTrue();
    assertThat(right.minus(wrong, words, 0).value()).isCloseTo(1.0 / 3, within(1e-12));
  }

  private static VariantGroup of(String metric, double value, Predictions predictions) {
    return new VariantGroup(
        List.of(
            new Variant(
                Role.CONVERTED, "m", 1, 1, List.of(new Score(metric, value, 0.1)), predictions)));
  }

  @Test
  void answersOfDifferentKindsAreNotPaired() {
    VariantGroup hits = new VariantGroup(List.of(hits(1, true, false)));
    VariantGroup classes =
        of("accuracy", 0.5, Predictions.ofClasses(List.of("a", "b"), new int[] {0, 1}));
    assertThat(hits.minus(classes, null, 0).paired()).isFalse();
  }
}
