package io.cipherstream.model;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens that a table has no rows for, which a tokenizer of another model makes. */
class EmbeddingTableTest {

  private static final EmbeddingTable TABLE =
      new EmbeddingTable(
          FloatTable.of(5, 2, new float[10]),
          FloatTable.of(3, 2, new float[6]),
          FloatTable.of(1, 2, new float[2]),
          new NormLayer(new float[2], new float[2]),
          1e-12);

  private static void refused(ModelException.Kind kind, String message, int... ids) {
    Expect.kind(kind, () -> TABLE.embed(ids)).hasMessageContaining(message);
  }

  @Test
  void tokensOutsideTheVocabularyAreNamed() {
    for (int id : List.of(5, -1, Integer.MAX_VALUE)) {
      refused(
          ModelException.Kind.TOKENIZER,
          "token id " + id + " at position 1: expected 0 to 4",
          4,
          id);
    }
    refused(ModelException.Kind.TEXT_TOO_LONG, "4 tokens: the model takes at most 3", 1, 2, 3, 4);
    refused(ModelException.Kind.TEXT_EMPTY, "expected at least 1");
  }
}
