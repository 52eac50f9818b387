package io.cipherstream.workflow.control;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import io.cipherstream.workflow.data.EncodedText;
import java.util.stream.IntStream;

/**
 * The bag of a text's word pieces: feature id + segment · vocabulary is 1 if the piece occurs; a
 * last feature is always 1. A pair's two texts have separate features, and none compares them.
 */
final class PieceBag {

  private final int vocabulary;

  /**
   * @param vocabulary number of word pieces
   */
  PieceBag(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Features 1 to this; the last one is the constant. */
  int features() {
    return 2 * vocabulary + 1;
  }

  /**
   * The features that are not 0, ascending.
   *
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  Feature[] of(EncodedText text) {
    int[] ids = text.ids();
    IntStream pieces = IntStream.range(0, ids.length).map(i -> feature(ids[i], text.segments()[i]));
    return IntStream.concat(pieces, IntStream.of(features()))
        .sorted()
        .distinct()
        .mapToObj(f -> new FeatureNode(f, 1))
        .toArray(Feature[]::new);
  }

  private int feature(int id, int segment) {
    if (id < 0 || id >= vocabulary) {
      throw new IllegalArgumentException(
          "word piece " + id + ": expected 0 to " + (vocabulary - 1) + "; another vocabulary?");
    }
    return 1 + id + segment * vocabulary;
  }
}
