package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JoinedTextsTest {

  private static final List<Example> TEXTS =
      List.of(
          Example.of(new int[] {1, 10, 11, 2}, 0),
          Example.of(new int[] {1, 20, 2}, 1),
          Example.of(new int[] {1, 30, 31, 32, 2}, 1));

  @Test
  void textsStandOneAfterTheOtherWithJointsBetween() {
    JoinedTexts joined = new JoinedTexts(TEXTS, List.of(new int[0], new int[] {5, 6}), 3, 8);
    List<Example> drawn = joined.draw(200, 7);
    assertThat(drawn).hasSize(200).isEqualTo(joined.draw(200, 7));
    assertThat(drawn).isNotEqualTo(joined.draw(200, 8));
    String part = "(10 11|20|30 31 32)";
    for (Example example : drawn) {
      StringBuilder text = new StringBuilder();
      for (int t = 1; t < example.length() - 1; t++) {
        text.append(t > 1 ? " " : "").append(example.ids()[t]);
      }
      assertThat(text.toString()).matches(part + "( 5 6)?( " + part + ")( 5 6)?( " + part + ")?");
      assertThat(example.length()).isBetween(5, 10);
      assertThat(example.ids()[0]).isEqualTo(1);
      assertThat(example.ids()[example.length() - 1]).isEqualTo(2);
      assertThat(example.targets()).containsExactly(Example.IGNORED);
    }
  }

  @Test
  void textsThatNeverFitGiveNone() {
    assertThat(new JoinedTexts(TEXTS, List.of(new int[0]), 50, 60).draw(5, 1)).isEmpty();
    assertThatThrownBy(() -> new JoinedTexts(TEXTS, List.of(), 3, 8))
        .isInstanceOf(TrainingException.class);
  }
}
