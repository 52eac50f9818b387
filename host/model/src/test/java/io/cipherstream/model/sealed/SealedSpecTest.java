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
  @CsvSource({"CQ, 4", "CP, 7", "CS, 7", "CA, 9", "AA, 13", "CT, 3"})
  void levelsAreThoseOfTheDesign(String letters, int levels) {
    SealedSpec spec = SealedSpec.parse(letters);
    assertThat(spec.levels()).isEqualTo(levels);
    assertThat(spec.text()).isEqualTo(letters);
  }

  @Test
  void aSearchGoesFromFewLevelsToMany() {
    assertThat(SealedSpec.FROM_CHEAP_TO_DEEP.stream().map(SealedSpec::levels)).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "C", "CQQ", "cq", "BQ", "QC", "SA", "PP", "CC", "AC", "AT", "TC", "TT"})
  void lettersThatMakeNoEncoderAreRefused(String letters) {
    assertThatThrownBy(() -> SealedSpec.parse(letters))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("sealed spec '" + letters + "': expected");
  }
}
