package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Pooling;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("training")
class StudentModelTest {

  private static final int VOCABULARY = 60;

  private static Architecture sizes(int width) {
    return new Architecture(1, width, 1, 8, 10, VOCABULARY, 2, Pooling.MEAN, 2, 1e-6);
  }

  private static FloatTable features(long seed) {
    Random random = new Random(seed);
    float[] values = new float[VOCABULARY * 12];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * (1 + i % 12));
    }
    return FloatTable.rounded(VOCABULARY, 12, values);
  }

  @Test
  void theStartKeepsTheLargestEigenvaluesAndFoldingComputesTheSame() {
    long seed = new Random().nextLong();
    System.out.println("projection seed " + seed);
    FloatTable features = features(seed);
    List<Example> examples =
        List.of(Example.of(new int[] {1, 17, 2}, 0), Example.of(new int[] {1, 59, 40, 2}, 1));
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    Parameters student =
        StudentModel.start(
            new Architecture(1, 5, 1, 8, 10, vocabulary.size(), 2, Pooling.MEAN, 2, 1e-6),
            features,
            vocabulary,
            seed);
    double[][] before = Predictor.reference(student, Kinds.EXACT, vocabulary, examples);
    FloatTable words = StudentModel.fold(student, features, vocabulary);
    double[][] after = Predictor.reference(student, Kinds.EXACT, vocabulary, examples);
    assertThat(words.rows()).isEqualTo(VOCABULARY);
    assertThat(words.columns()).isEqualTo(5);
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).as("seed %d", seed).containsExactly(before[i], within(0.02));
    }
    double[] all = eigenvalues(features);
    double[] kept = eigenvalues(words);
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
    assertThatThrownBy(
            () -> StudentModel.start(sizes(13), features(1), VocabularyMap.all(VOCABULARY), 1))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("13 wide");
  }
}
