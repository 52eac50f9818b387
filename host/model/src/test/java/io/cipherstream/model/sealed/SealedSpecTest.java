package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealedSpecTest {

  @ParameterizedTest
  @CsvSource({
    "CQ, 4",
    "CP, 7",
    "CS, 7",
    "CA, 9",
    "AA, 13",
    "CT, 3",
    "CQ-kan2, 4",
    "CT-kan2, 3",
    "CP-kan2, 7",
    "CP-kan4, 8",
    "CS-kan8, 9",
    "CA-kan2, 9",
    "AA-kan2, 13"
  })
  void levelsAreThoseOfTheDesign(String letters, int levels) {
    SealedSpec spec = SealedSpec.parse(letters);
    assertThat(spec.levels()).isEqualTo(levels);
    assertThat(spec.text()).isEqualTo(letters);
  }

  @Test
  void edgesTakeTheLevelsThatThereAre() {
    assertThat(SealedSpec.parse("CQ").withEdges().text()).isEqualTo("CQ-kan2");
    assertThat(SealedSpec.parse("CP").withEdges().text()).isEqualTo("CP-kan8");
    assertThat(SealedSpec.parse("CS").withEdges(4).degree(0)).isEqualTo(2);
    assertThat(SealedSpec.parse("CS").withEdges(4).degree(1)).isEqualTo(4);
    assertThat(SealedSpec.parse("CT-kan2").degree(0)).isEqualTo(2);
  }

  @Test
  void aSearchGoesFromFewLevelsToMany() {
    assertThat(SealedSpec.FROM_CHEAP_TO_DEEP.stream().map(SealedSpec::levels)).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "C",
        "CQQ",
        "cq",
        "BQ",
        "QC",
        "SA",
        "PP",
        "CC",
        "AC",
        "AT",
        "TC",
        "TT",
        "CP-kan3",
        "CP-kan16",
        "CP-kan",
        "CQ-kan4",
        "CT-kan4",
        "CA-kan4",
        "AA-kan4"
      })
  void lettersThatMakeNoEncoderAreRefused(String letters) {
    assertThatThrownBy(() -> SealedSpec.parse(letters))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("sealed spec '" + letters + "': expected");
  }
}
