package io.cipherstream.workflow.train;

import io.cipherstream.model.Pooling;

/**
 * The sizes of a trainable encoder; {@link Kinds} says what is replaced in it.
 *
 * @param layers encoder layers
 * @param width features of a token
 * @param heads attention heads; divides width
 * @param ffnWidth features between the feed-forward matrices
 * @param positions rows of the position table
 * @param vocabulary rows of the word table
 * @param segments rows of the token-type table
 * @param pooling how token rows become one; NONE gives one output row per token
 * @param outputs values per row: classes, or 1
 * @param epsilon ε of full LayerNorms
 */
public record Architecture(
    int layers,
    int width,
    int heads,
    int ffnWidth,
    int positions,
    int vocabulary,
    int segments,
    Pooling pooling,
    int outputs,
    double epsilon) {

  /**
   * @throws TrainingException of kind OPTIONS if a size is below 1 or heads does not divide width
   */
  public Architecture {
    if (layers < 1 || width < 1 || heads < 1 || ffnWidth < 1 || outputs < 1 || segments < 1) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "an encoder of " + layers + " layers, " + width + " wide: expected sizes of at least 1");
    }
    if (width % heads != 0) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "width " + width + " is not divisible by " + heads + " heads");
    }
  }

  /** The same with another number of word table rows. */
  public Architecture withVocabulary(int rows) {
    return new Architecture(
        layers, width, heads, ffnWidth, positions, rows, segments, pooling, outputs, epsilon);
  }

  /** Features of one head. */
  public int headWidth() {
    return width / heads;
  }
}
