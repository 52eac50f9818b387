package io.cipherstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogitsTest {

  @Test
  void theLargestIsBestAndOfEqualOnesTheFirst() {
    assertThat(Logits.best(new double[] {-3})).isZero();
    assertThat(Logits.best(new double[] {-3, 2, 2, -1})).isEqualTo(1);
    assertThat(Logits.best(List.of(-3.0, -2.0))).isEqualTo(1);
    assertThat(Logits.best(new double[] {9, 1, 4, 3, 9}, 1, 3))
        .as("counted from 1 on")
        .isEqualTo(1);
  }
}
