package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HybridLayoutTest {

  @Test
  void aSlotHoldsTwoTokensAndRowZeroTheLastTwo() {
    HybridLayout layout = new HybridLayout(8, 4);
    double[][] rows = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}};
    List<double[]> vectors = layout.pack(rows, FeatureLayout.dense(4, 4), 1);
    assertThat(vectors).hasSize(1);
    assertThat(vectors.get(0))
        .containsExactly(9, 10, 11, 12, 1, 2, 3, 4, 13, 14, 15, 16, 5, 6, 7, 8);
  }

  @Test
  void blocksOfAGroupFollowEachOther() {
    HybridLayout layout = new HybridLayout(8, 4);
    FeatureLayout wide = FeatureLayout.dense(6, 4);
    double[][] rows = new double[5][6];
    rows[4][5] = 7;
    List<double[]> vectors = layout.pack(rows, wide, 2);
    assertThat(vectors).hasSize(4);
    assertThat(vectors.get(3)[4 + 1]).isEqualTo(7);
  }

  @Test
  void unpackingGivesBackWhatWasPacked() {
    long seed = System.nanoTime();
    System.out.println("HybridLayoutTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int trial = 0; trial < 50; trial++) {
      int features = 1 << random.nextInt(0, 8);
      HybridLayout layout = new HybridLayout(256, features);
      FeatureLayout of = FeatureLayout.dense(random.nextInt(1, 300), features);
      int tokens = random.nextInt(1, 3 * layout.groupTokens() + 1);
      double[][] rows = new double[tokens][of.count()];
      for (double[] row : rows) {
        for (int j = 0; j < row.length; j++) {
          row[j] = random.nextDouble();
        }
      }
      int groups = layout.groups(tokens);
      List<double[]> vectors = layout.pack(rows, of, groups);
      assertThat(vectors).as("seed %d", seed).hasSize(groups * of.blocks());
      assertThat(layout.unpack(vectors, of, tokens)).as("seed %d", seed).isDeepEqualTo(rows);
    }
  }

  @Test
  void oneRowIsRefused() {
    assertThatThrownBy(() -> new HybridLayout(8, 8)).hasMessageContaining("two rows");
  }
}
