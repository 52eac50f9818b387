package io.cipherstream.workflow.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values: seqeval 1.2.2 (PyPI) in its default mode on the same tags, November 2026. */
class EntityMetricsTest {

  private static final List<String> TAGS =
      List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG");

  @ParameterizedTest
  @CsvSource({
    "boundary,            O B-PER I-PER O B-LOC,   O B-PER O O B-LOC,         0.5, 0.5",
    "type,                B-PER I-PER O B-LOC,     B-ORG I-ORG O B-LOC,       0.5, 0.5",
    "inside first,        B-PER I-PER O B-LOC,     I-PER I-PER O I-LOC,       1,   1",
    "type change inside,  B-PER I-LOC O B-LOC,     B-PER B-LOC O I-LOC,       1,   1",
    "adjacent,            B-LOC B-LOC I-LOC O,     B-LOC I-LOC I-LOC O,       0,   0",
    "none predicted,      B-PER O,                 O O,                       0,   0",
    "none there,          O O,                     O B-PER,                   0,   0",
    "ends and singles,    S-PER O B-LOC I-LOC E-LOC O B-ORG E-ORG,"
        + " S-PER O B-LOC E-LOC S-LOC O B-ORG I-ORG, 0.5, 0.6666666666666666"
  })
  void asSeqevalCounts(
      String name, String truth, String predicted, double precision, double recall) {
    EntityMetrics.Counts counts =
        new EntityMetrics(
                List.of(List.of(truth.split(" "))), List.of(List.of(predicted.split(" "))))
            .all();
    assertThat(counts.precision()).as(name).isCloseTo(precision, within(1e-15));
    assertThat(counts.recall()).as(name).isCloseTo(recall, within(1e-15));
  }

  @Test
  void anEntityEndsWithItsSentence() {
    EntityMetrics metrics =
        new EntityMetrics(
            List.of(List.of("O", "B-PER"), List.of("I-PER", "O")),
            List.of(List.of("O", "B-PER"), List.of("B-PER", "O")));
    assertThat(metrics.all()).isEqualTo(new EntityMetrics.Counts(2, 2, 2));
  }

  @Test
  void twoHundredSentencesAsSeqeval() {
    List<List<String>> truth = new ArrayList<>();
    List<List<String>> predicted = new ArrayList<>();
    Sequence sequence = new Sequence(12345);
    for (int s = 0; s < 200; s++) {
      int words = 3 + sequence.next(10);
      List<String> there = new ArrayList<>();
      List<String> guess = new ArrayList<>();
      for (int w = 0; w < words; w++) {
        int tag = sequence.next(7);
        there.add(TAGS.get(tag));
        guess.add(TAGS.get(sequence.next(4) != 0 ? tag : sequence.next(7)));
      }
      truth.add(there);
      predicted.add(guess);
    }
    EntityMetrics metrics = new EntityMetrics(truth, predicted);
    assertThat(metrics.all().there()).isEqualTo(1101);
    assertThat(metrics.all().predicted()).isEqualTo(1120);
    assertThat(metrics.all().precision()).isCloseTo(0.71875, within(1e-15));
    assertThat(metrics.all().recall()).isCloseTo(0.7311534968210718, within(1e-15));
    assertThat(metrics.all().f1()).isCloseTo(0.724898694281855, within(1e-15));
    assertThat(metrics.byType().keySet()).containsExactly("LOC", "ORG", "PER");
    assertThat(metrics.byType().get("LOC").f1()).isCloseTo(0.7158176943699732, within(1e-15));
    assertThat(metrics.byType().get("ORG").f1()).isCloseTo(0.718918918918919, within(1e-15));
    assertThat(metrics.byType().get("PER").f1()).isCloseTo(0.7401360544217688, within(1e-15));
    List<Score> scores = Scores.words(truth, predicted, 5);
    assertThat(scores.get(0).value()).isEqualTo(metrics.all().f1());
    assertThat(scores.get(0).standardError()).isBetween(0.005, 0.03);
    assertThat(scores.get(1).name()).isEqualTo("wordAccuracy");
  }

  @Test
  void tagsThatAreNoneAndSentencesThatDoNotFit() {
    assertThatThrownBy(() -> new EntityMetrics(List.of(List.of("X-A")), List.of(List.of("O"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tag 'X-A'");
    assertThatThrownBy(() -> new EntityMetrics(List.of(List.of("O")), List.of(List.of("O", "O"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 true values and 2 predictions");
  }
}
