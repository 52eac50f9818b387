package io.cipherstream.workflow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsTest {

  @Test
  void everyKindReadsBack() {
    assertThat(
            Predictions.ofHits(
                    new boolean[] {true, false, true, true, false, false, false, false, true})
                .hits())
        .containsExactly(1, 0, 1, 1, 0, 0, 0, 0, 1);
    assertThat(Predictions.ofClasses(List.of("a", "b", "c"), new int[] {2, 0, 1}).classes())
        .containsExactly(2, 0, 1);
    assertThat(Predictions.ofValues(new double[] {1.5, -2, 0.1}).values())
        .containsExactly(1.5, -2, 0.1f);
    List<List<String>> words = List.of(List.of("O", "B-PER"), List.of(), List.of("I-PER"));
    assertThat(Predictions.ofWords(words).words()).isEqualTo(words);
  }

  @Test
  void hitsAreABitEachLowestFirst() {
    // Bits 0, 2, 3 of the first byte, 0 of the second: 0x0d 0x01.
    assertThat(
            Predictions.ofHits(
                    new boolean[] {true, false, true, true, false, false, false, false, true})
                .data())
        .isEqualTo("DQE=");
  }

  @Test
  void dataThatDoesNotFit() {
    rejected(Predictions.Kind.HITS, List.of(), 17, "DQE=", "2 bytes are not the HITS of 17");
    rejected(Predictions.Kind.CLASSES, List.of("a"), 2, "AAE=", "2 bytes are not the CLASSES of 2");
    rejected(Predictions.Kind.CLASSES, List.of(), 2, "AAA=", "with 0 labels");
    rejected(Predictions.Kind.VALUES, List.of(), 1, "AAA=", "2 bytes are not the VALUES of 1");
    rejected(Predictions.Kind.WORDS, List.of("O"), 1, "AAIA", "3 bytes are not the WORDS of 1");
    rejected(Predictions.Kind.WORDS, List.of("O"), 2, "AAEA", "3 bytes are not the WORDS of 2");
    rejected(Predictions.Kind.HITS, List.of(), 1, "!AAA", "Illegal base64");
    assertThatThrownBy(() -> Predictions.ofClasses(List.of("a"), new int[] {1}))
        .hasMessageContaining("class 1: expected 0 to 0");
  }

  private static void rejected(
      Predictions.Kind kind, List<String> labels, int examples, String data, String message) {
    assertThatThrownBy(() -> new Predictions(kind, labels, examples, data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
