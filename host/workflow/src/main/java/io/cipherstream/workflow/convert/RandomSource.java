package io.cipherstream.workflow.convert;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.Head;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import io.cipherstream.workflow.train.UntrainedModel;

/** An encoder with random weights, for tasks learned from their examples alone. */
public final class RandomSource {

  private static final double EPSILON = 1e-12;

  private RandomSource() {}

  /**
   * A BERT encoder with random weights, N(0, 0.02²), pooled by CLS.
   *
   * @param tokensMax rows of the position table
   * @param seed the same seed gives the same weights
   */
  public static ImportedModel of(
      StudentSize size, WordPieces vocabulary, TokenizerOptions options, int tokensMax, long seed) {
    ModelShape shape =
        new ModelShape(
            size.layers(),
            size.hidden(),
            size.heads(),
            size.intermediate(),
            tokensMax,
            (int) vocabulary.size(),
            Activation.GELU,
            AttentionKind.SOFTMAX,
            NormKind.FULL,
            Pooling.CLS,
            Head.EMBEDDING,
            java.util.List.of(),
            0,
            Pooler.NONE,
            EPSILON);
    UntrainedModel random = UntrainedModel.of(shape, seed);
    return new ImportedModel(
        random.encoder(),
        random.embeddings(),
        new BertTokenizer(vocabulary, options, tokensMax),
        new ModelSource("random", "seed " + seed, "-", size.toString()),
        "Apache-2.0");
  }
}
