package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;

/** Small conversions for tests. */
final class RandomEncodersSizes {

  private RandomEncodersSizes() {}

  static Architecture withVocabulary(Architecture a, int vocabulary) {
    return new Architecture(
        a.layers(),
        a.width(),
        a.heads(),
        a.ffnWidth(),
        a.positions(),
        vocabulary,
        a.segments(),
        a.pooling(),
        a.outputs(),
        a.epsilon());
  }

  static FloatTable zeros(int rows, int columns) {
    return FloatTable.of(rows, columns, new float[rows * columns]);
  }
}
