package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.NormLayer;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class StudentModelTest {

  private static EmbeddingTable teacher(long seed) {
    Random random = new Random(seed);
    return new EmbeddingTable(
        table(random, 60, 12),
        table(random, 16, 12),
        table(random, 2, 12),
        new NormLayer(new float[12], new float[12]),
        1e-6);
  }

  private static FloatTable table(Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * (1 + i % columns));
    }
    return FloatTable.of(rows, columns, values);
  }

  @Test
  void theProjectionKeepsTheLargestEigenvalues() {
    long seed = new Random().nextLong();
    System.out.println("projection seed " + seed);
    EmbeddingTable teacher = teacher(seed);
    EmbeddingTable small = StudentModel.embeddings(teacher, 5, 10);
    assertThat(small.width()).isEqualTo(5);
    assertThat(small.positions()).isEqualTo(10);
    double[] all = eigenvalues(teacher.words());
    double[] kept = eigenvalues(small.words());
    for (int k = 0; k < 5; k++) {
      assertThat(kept[k]).as("seed %d", seed).isCloseTo(all[k], within(2e-3 * all[k]));
    }
  }

  private static double[] eigenvalues(FloatTable table) {
    double[][] rows = new double[table.rows()][table.columns()];
    for (int i = 0; i < table.rows(); i++) {
      for (int j = 0; j < table.columns(); j++) {
        rows[i][j] = table.get(i, j);
      }
    }
    RealMatrix matrix = new Array2DRowRealMatrix(rows);
    double[] values =
        new EigenDecomposition(matrix.transpose().multiply(matrix)).getRealEigenvalues();
    return Arrays.stream(values).map(v -> -v).sorted().map(v -> -v).toArray();
  }

  @Test
  void aWiderStudentIsRefused() {
    assertThatThrownBy(() -> StudentModel.embeddings(teacher(1), 13, 10))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("13 wide");
  }
}
