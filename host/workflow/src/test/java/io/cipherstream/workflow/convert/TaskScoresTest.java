package io.cipherstream.workflow.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.workflow.data.Target;
import io.cipherstream.workflow.train.Example;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskScoresTest {

  private static Example words(int[] ids, double... targets) {
    return new Example(ids, new int[ids.length], targets);
  }

  @Test
  void wordsAreScoredOnTheirFirstPiecesAlone() {
    Target target = Target.WordLabels.of(List.of("O", "B-A"));
    TaskScores scores = new TaskScores(target, 1);
    List<Example> examples = List.of(words(new int[] {1, 5, 6, 7, 2}, -100, 1, -100, 0, -100));
    double[][] right = {{0, 0, -1, 1, 9, 0, 1, 0, 0, 0}};
    double[][] answers = scores.answers(right, examples);
    assertThat(answers).isDeepEqualTo(new double[][] {{1, 0}});
    assertThat(scores.first(answers, examples)).isEqualTo(1);
    double[][] wrong = {{0, 0, 1, -1, 0, 9, 1, 0, 0, 0}};
    assertThat(scores.first(scores.answers(wrong, examples), examples)).isZero();
  }

  @Test
  void theControlOfWordsSeesOneWordAtATime() {
    Target target = Target.WordLabels.of(List.of("O", "B-A"));
    TaskScores scores = new TaskScores(target, 1);
    List<Example> training = new java.util.ArrayList<>();
    for (int i = 0; i < 40; i++) {
      training.add(words(new int[] {1, 5, 6, 7, 2}, -100, 1, -100, 0, -100));
      training.add(words(new int[] {1, 7, 8, 5, 6, 2}, -100, 0, 0, 1, -100, -100));
    }
    double[][] answers = scores.control(training, training.subList(0, 2), 10);
    assertThat(answers).isDeepEqualTo(new double[][] {{1, 0}, {0, 0, 1}});
    assertThat(scores.majority(training, training.subList(0, 2)))
        .isDeepEqualTo(new double[][] {{0, 0}, {0, 0, 0}});
  }

  @Test
  void valuesAreScoredByCorrelation() {
    TaskScores scores = new TaskScores(new Target.Value(0, 5), 1);
    List<Example> examples =
        List.of(
            Example.of(new int[] {1}, 1),
            Example.of(new int[] {1}, 2),
            Example.of(new int[] {1}, 4));
    double[][] outputs = {{10}, {20}, {40}};
    assertThat(scores.first(scores.answers(outputs, examples), examples))
        .isCloseTo(1, within(1e-12));
    double[][] constant = {{3}, {3}, {3}};
    assertThat(scores.first(scores.answers(constant, examples), examples)).isEqualTo(-1);
  }

  @Test
  void studentsAreParsed() {
    assertThat(StudentSize.parse("layers=2,hidden=128")).isEqualTo(new StudentSize(2, 128, 2, 512));
    assertThat(StudentSize.parse("hidden=96,layers=3,heads=4,intermediate=200"))
        .isEqualTo(new StudentSize(3, 96, 4, 200));
    for (String bad : List.of("", "layers=2", "layers=2,hidden=x", "layers=2,hidden=128,depth=1")) {
      assertThatThrownBy(() -> StudentSize.parse(bad))
          .isInstanceOf(ConversionException.class)
          .hasMessageContaining("layers=2,hidden=128");
    }
    assertThatThrownBy(() -> StudentSize.parse("layers=2,hidden=128,heads=3"))
        .hasMessageContaining("heads that divide");
    assertThatThrownBy(() -> StageName.parse("soft"))
        .hasMessageContaining("exact, student, attention, norms, thex, polynomial");
  }
}
