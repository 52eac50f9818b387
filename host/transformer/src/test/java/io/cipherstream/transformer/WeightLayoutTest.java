package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What masks and rotations make of packed weights is each weight at every position of its head. */
class WeightLayoutTest {

  private static final int HEADS = 2;

  @ParameterizedTest
  @CsvSource({
    "16, 64, 16, 1",
    "32, 32, 32, 1",
    "64, 32, 32, 2",
    "64, 64, 32, 2",
    "16, 4, 4, 4",
    "16, 1, 1, 16"
  })
  void everyPositionGetsItsHeadsWeight(int tokens, int stride, int offsets, int ciphertexts) {
    WeightLayout layout = new WeightLayout(tokens, stride);
    assertThat(layout.offsets()).isEqualTo(offsets);
    assertThat(layout.ciphertexts()).isEqualTo(ciphertexts);
    int slots = tokens * HEADS * stride;
    double[][] packed = new double[ciphertexts][slots];
    for (int head = 0; head < tokens * HEADS; head++) {
      for (int offset = 0; offset < tokens; offset++) {
        int from = head * stride + layout.slot(offset);
        for (int i = from; i < from + layout.run(); i++) {
          double[] into = packed[layout.ciphertext(offset)];
          assertThat(into[i % slots]).as("nothing is written twice").isZero();
          into[i % slots] = weight(head, offset);
        }
      }
    }
    for (int offset = 0; offset < tokens; offset++) {
      for (int i = 0; i < slots; i++) {
        int target = i % stride / layout.run();
        int step = layout.step(offset, target);
        assertThat(step).isBetween(0, layout.steps() - 1);
        double moved = packed[layout.ciphertext(offset)][(i + step * layout.run()) % slots];
        assertThat(moved).isEqualTo(weight(i / stride, offset));
      }
    }
  }

  /** Another number for every row's head and offset, none of them 0. */
  private static double weight(int head, int offset) {
    return 1000 * head + offset + 1;
  }
}
