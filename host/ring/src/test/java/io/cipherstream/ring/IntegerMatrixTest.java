package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IntegerMatrixTest {

  @Test
  void holdsItsEntriesRowByRow() {
    IntegerMatrix m = new IntegerMatrix(2, 3, r -> new int[] {10 * r, -1, 2 + r});
    assertThat(m.entry(0, 0)).isZero();
    assertThat(m.entry(1, 0)).isEqualTo(10);
    assertThat(m.entry(1, 1)).isEqualTo(-1);
    assertThat(m.entry(1, 2)).isEqualTo(3);
    assertThat(m.entries().asIntBuffer().get(5)).isEqualTo(3);
    assertThat(m.bytes()).isEqualTo(24);
  }

  @Test
  void refusesWhatIsNoSuchMatrix() {
    assertThatThrownBy(() -> new IntegerMatrix(0, 3, r -> new int[3]))
        .hasMessageContaining("0 × 3");
    assertThatThrownBy(() -> new IntegerMatrix(1 << 20, 1 << 20, r -> new int[0]))
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> new IntegerMatrix(1, 3, r -> new int[2]))
        .hasMessageContaining("2 entries, expected 3");
    for (int entry : new int[] {1 << 30, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> new IntegerMatrix(1, 2, r -> new int[] {0, entry}))
          .hasMessageContaining("column 1")
          .hasMessageContaining("1073741823");
    }
  }
}
