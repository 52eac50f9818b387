package io.cipherstream.workflow.train;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.NormLayer;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The start of a small model: the teacher's embeddings projected to the directions of their largest
 * variance, everything else random.
 */
public final class StudentModel {

  private StudentModel() {}

  /**
   * Embedding tables of a smaller width.
   *
   * @param teacher tables to project; word, position and token-type rows by the same matrix, the
   *     leading eigenvectors of WᵀW for word rows W
   * @param width at most the teacher's
   * @param positions rows of the position table, at most the teacher's
   * @throws TrainingException of kind OPTIONS if the width is larger
   */
  public static EmbeddingTable embeddings(EmbeddingTable teacher, int width, int positions) {
    if (width > teacher.width()) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a student "
              + width
              + " wide of a teacher "
              + teacher.width()
              + " wide: expected at most the teacher's width");
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor words = table(teacher.words());
      Tensor gram = torch.matmul(words.transpose(0, 1), words).to(torch.ScalarType.Double);
      Tensor vectors = torch.linalg_eigh(gram).get1();
      Tensor leading = vectors.narrow(1, teacher.width() - width, width).to(torch.ScalarType.Float);
      float[] ones = new float[width];
      Arrays.fill(ones, 1);
      return new EmbeddingTable(
          projected(words, leading),
          projected(table(teacher.positionTable()).narrow(0, 0, positions), leading),
          projected(table(teacher.tokenTypes()), leading),
          new NormLayer(ones, new float[width]),
          teacher.epsilon());
    }
  }

  private static Tensor table(FloatTable table) {
    return Torch.floats(table.toArray(), table.rows(), table.columns());
  }

  private static FloatTable projected(Tensor rows, Tensor leading) {
    Tensor product = torch.matmul(rows, leading);
    return FloatTable.rounded((int) product.size(0), (int) product.size(1), Torch.array(product));
  }

  /**
   * Random parameters over given embeddings.
   *
   * @param architecture of the student; its vocabulary is the map's size
   */
  public static Parameters parameters(
      Architecture architecture, EmbeddingTable embeddings, VocabularyMap vocabulary, long seed) {
    Parameters out = Parameters.random(architecture, seed);
    ModelWeights.embed(out, embeddings, vocabulary);
    return out;
  }
}
