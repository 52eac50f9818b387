package io.cipherstream.model.sealed;

import io.cipherstream.model.EmbeddingTable;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Looks for texts that make a model's values large: repeated pieces, then the best of swaps. */
final class TextSearch {

  private final EmbeddingTable embeddings;
  private final Random random;
  private final ToDoubleFunction<double[][]> score;

  /**
   * @param score what is to become large, of embedded rows
   */
  TextSearch(EmbeddingTable embeddings, Random random, ToDoubleFunction<double[][]> score) {
    this.embeddings = embeddings;
    this.random = random;
    this.score = score;
  }

  double of(int[] ids) {
    return score.applyAsDouble(embeddings.embed(ids));
  }

  /** The worst of some pieces repeated, improved by swaps; the score it reached. */
  double worst(int tokens, int pieces, int swaps) {
    int[] best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < pieces; i++) {
      int piece = random.nextInt(embeddings.vocabulary());
      int[] ids = random.ints(tokens, piece, piece + 1).toArray();
      double found = of(ids);
      if (best == null || found > most) {
        most = found;
        best = ids;
      }
    }
    for (int i = 0; i < swaps && best != null; i++) {
      int[] changed = best.clone();
      changed[random.nextInt(tokens)] = random.nextInt(embeddings.vocabulary());
      double found = of(changed);
      if (found > most) {
        most = found;
        best = changed;
      }
    }
    return most;
  }
}
