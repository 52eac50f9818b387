package io.cipherstream.workflow.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Held against NumPy 2 (mean, standard deviation), scikit-learn (F1, Matthews) and {@code
 * scipy.stats.bootstrap(paired=True)} of SciPy 1.17.1, which drew the same examples.
 */
class PairedScoresTest {

  private static final int EXAMPLES = 400;

  private final int[] truth = new int[EXAMPLES];
  private final int[] one = new int[EXAMPLES];
  private final int[] two = new int[EXAMPLES];

  @BeforeEach
  void draw() {
    Sequence sequence = new Sequence(5);
    for (int i = 0; i < EXAMPLES; i++) {
      truth[i] = sequence.next(2);
      one[i] = sequence.next(100) < 85 ? truth[i] : 1 - truth[i];
      two[i] = sequence.next(100) < 90 ? one[i] : 1 - one[i];
    }
  }

  @Test
  void classesAsSciPyAndScikitLearn() {
    List<Score> scores = PairedScores.classes(2, truth, List.of(one), List.of(two), 1);
    assertThat(scores).extracting(Score::name).containsExactly("accuracy", "f1", "matthews");
    assertThat(scores.get(0).value()).isCloseTo(0.0675, within(1e-12));
    assertThat(scores.get(0).standardError()).isCloseTo(0.015647983096872257, within(1e-12));
    assertThat(scores.get(1).value()).isCloseTo(0.06472735079433234, within(1e-12));
    assertThat(scores.get(1).standardError()).isCloseTo(0.015921, within(0.0012));
    assertThat(scores.get(2).value()).isCloseTo(0.1345927181574169, within(1e-12));
    assertThat(scores.get(2).standardError()).isCloseTo(0.031121, within(0.0024));
  }

  @Test
  void theErrorOfHitsIsThatOfTheExamplesThatOneAloneHasRight() {
    int only1 = 34;
    int only2 = 7;
    double expected = Math.sqrt(only1 + only2 - Math.pow(only1 - only2, 2) / EXAMPLES) / EXAMPLES;
    Score accuracy = PairedScores.classes(2, truth, List.of(one), List.of(two), 1).get(0);
    assertThat(accuracy.standardError()).isCloseTo(expected, within(1e-12));
    // Taken as independent it would be 0.0264.
    assertThat(accuracy.standardError()).isLessThan(0.6 * 0.02637559241040853);
  }

  @Test
  void valuesAsSciPy() {
    Sequence sequence = new Sequence(9);
    double[] there = new double[200];
    double[] first = new double[200];
    double[] second = new double[200];
    for (int i = 0; i < 200; i++) {
      there[i] = sequence.next(1000) / 100.0;
      first[i] = there[i] + sequence.next(600) / 100.0;
      second[i] = first[i] + sequence.next(300) / 100.0;
    }
    Score pearson = PairedScores.values(there, List.of(first), List.of(second), 1).get(0);
    assertThat(pearson.value()).isCloseTo(0.021544288341355355, within(1e-9));
    assertThat(pearson.standardError()).isCloseTo(0.008376, within(0.0007));
  }

  @Test
  void wordsByHand() {
    List<List<String>> there = List.of(List.of("B-PER", "O"), List.of("O", "B-LOC"));
    List<List<String>> right = there;
    List<List<String>> half = List.of(List.of("B-PER", "O"), List.of("O", "O"));
    List<Score> scores = PairedScores.words(there, List.of(right), List.of(half), 1);
    assertThat(scores.get(0).name()).isEqualTo("entityF1");
    // 1 less 2·1 / (1 + 2).
    assertThat(scores.get(0).value()).isCloseTo(1 - 2.0 / 3, within(1e-12));
    assertThat(scores.get(1).value()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void severalTrainingsCountAsTheirMean() {
    Score accuracy = PairedScores.classes(2, truth, List.of(one, two), List.of(two, two), 1).get(0);
    assertThat(accuracy.value()).isCloseTo(0.0675 / 2, within(1e-12));
    assertThat(accuracy.standardError()).isCloseTo(0.015647983096872257 / 2, within(1e-12));
  }

  @Test
  void whatCannotBePaired() {
    assertThatThrownBy(() -> PairedScores.mean("x", new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 true values and 3 predictions");
    assertThatThrownBy(() -> PairedScores.classes(2, truth, List.of(), List.of(one), 1))
        .hasMessageContaining("0 and 1 trainings: expected at least one of each");
  }
}
