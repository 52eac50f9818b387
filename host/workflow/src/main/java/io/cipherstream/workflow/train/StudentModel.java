package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A small model. During training its word vectors are a projection of fixed {@link WordFeatures},
 * word = P·feature, and P is trained: what the examples teach about their pieces moves all other
 * pieces too. Afterwards the product becomes the word table.
 */
public final class StudentModel {

  private StudentModel() {}

  /**
   * The start: P the leading eigenvectors of FᵀF for feature rows F, positions and segments 0,
   * everything else random.
   *
   * @param architecture of the student; its vocabulary is the map's size
   * @param features of every word piece
   * @throws TrainingException of kind OPTIONS if the student is wider than the features
   */
  public static Parameters start(
      Architecture architecture, FloatTable features, VocabularyMap vocabulary, long seed) {
    int width = architecture.width();
    if (width > features.columns()) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a student "
              + width
              + " wide of features "
              + features.columns()
              + " wide: expected at most as many");
    }
    Parameters out = Parameters.random(architecture, seed);
    out.put(Parameters.WORDS, Torch.rows(features, vocabulary.used()));
    out.put(Parameters.POSITIONS, zeros(architecture.positions(), width));
    out.put(Parameters.SEGMENTS, zeros(architecture.segments(), width));
    float[] projection = leading(features, width);
    out.put(Parameters.PROJECTION, Torch.floats(projection, width, features.columns()));
    return out;
  }

  private static float[] leading(FloatTable features, int width) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor all = all(features);
      Tensor gram = torch.matmul(all.transpose(0, 1), all).to(torch.ScalarType.Double);
      Tensor vectors = torch.linalg_eigh(gram).get1();
      return Torch.array(vectors.narrow(1, features.columns() - width, width).transpose(0, 1));
    }
  }

  private static Tensor all(FloatTable features) {
    return Torch.floats(features.toArray(), features.rows(), features.columns());
  }

  private static Tensor zeros(int rows, int columns) {
    return Torch.floats(new float[rows * columns], rows, columns);
  }

  /** The word table of parameters that have no projection, rounded to binary16. */
  public static FloatTable words(Parameters parameters) {
    Tensor words = parameters.get(Parameters.WORDS);
    return FloatTable.rounded((int) words.size(0), (int) words.size(1), Torch.array(words));
  }

  /** Whether word vectors are a projection of features, as {@link #start} makes them. */
  public static boolean projected(Parameters parameters) {
    return parameters.has(Parameters.PROJECTION);
  }

  /**
   * Puts the product into the parameters' word table, replacing the projection.
   *
   * @param parameters from {@link #start}, trained; changed
   * @return the word table of every word piece, rounded to binary16
   */
  public static FloatTable fold(
      Parameters parameters, FloatTable features, VocabularyMap vocabulary) {
    int width = parameters.architecture().width();
    float[] projected;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor projection = parameters.get(Parameters.PROJECTION);
      projected = Torch.array(torch.matmul(all(features), projection.transpose(0, 1)));
    }
    FloatTable words = FloatTable.rounded(features.rows(), width, projected);
    parameters.remove(Parameters.PROJECTION);
    parameters.put(Parameters.WORDS, Torch.rows(words, vocabulary.used()));
    return words;
  }
}
