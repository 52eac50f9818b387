package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ModelException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Ranges of functionals against every row that {@link EmbeddingTable#embed} can give. */
class EmbeddingRangesTest {

  @Test
  void rangesHoldEveryRowAndNothingMore() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    RandomSealed random = new RandomSealed(700, seed);
    double[][] functionals = new double[11][RandomSealed.WIDTH];
    for (double[] f : functionals) {
      for (int j = 0; j < f.length; j++) {
        f[j] = random.random.nextGaussian();
      }
    }
    Interval[] found = new EmbeddingRanges(random.embeddings).of(Balls.exact(functionals));
    for (int k = 0; k < functionals.length; k++) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int id = 0; id < random.vocabulary; id++) {
        for (int segment = 0; segment < 2; segment++) {
          for (double[] row : everyPosition(random.embeddings, id, segment)) {
            double value = 0;
            for (int j = 0; j < row.length; j++) {
              value += functionals[k][j] * row[j];
            }
            low = Math.min(low, value);
            high = Math.max(high, value);
          }
        }
      }
      assertThat(found[k].low()).isLessThanOrEqualTo(low).isGreaterThan(low - 1e-9);
      assertThat(found[k].high()).isGreaterThanOrEqualTo(high).isLessThan(high + 1e-9);
    }
  }

  private static double[][] everyPosition(EmbeddingTable table, int id, int segment) {
    int[] ids = new int[RandomSealed.POSITIONS];
    int[] segments = new int[ids.length];
    Arrays.fill(ids, id);
    Arrays.fill(segments, segment);
    return table.embed(ids, segments);
  }

  @Test
  void aWordWithoutVariationIsRefused() {
    RandomSealed random = new RandomSealed(6, 3);
    EmbeddingTable flat =
        new EmbeddingTable(
            FloatTable.of(1, RandomSealed.WIDTH, new float[RandomSealed.WIDTH]),
            FloatTable.of(1, RandomSealed.WIDTH, new float[RandomSealed.WIDTH]),
            FloatTable.of(1, RandomSealed.WIDTH, new float[RandomSealed.WIDTH]),
            random.embeddings.norm(),
            0);
    assertThatThrownBy(
            () -> new EmbeddingRanges(flat).of(Balls.exact(new double[1][RandomSealed.WIDTH])))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no range can be proved");
  }
}
