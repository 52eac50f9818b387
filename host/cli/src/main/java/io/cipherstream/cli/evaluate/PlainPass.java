package io.cipherstream.cli.evaluate;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.SealedPackage;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.transformer.InferenceMode;

/** The plaintext counterpart of a mode: the same rows in float64. Thread-safe. */
@FunctionalInterface
public interface PlainPass {

  /** The output rows of a text: one, or without pooling one per token. */
  double[][] runRows(int[] ids, int[] segments);

  /** The only row of a text in one segment. */
  default double[] run(int[] ids) {
    return runRows(ids, new int[ids.length])[0];
  }

  /** The values that an encrypted answer in that mode is compared with. */
  static PlainPass of(ModelPackage model, InferenceMode mode) {
    if (mode == InferenceMode.SEALED) {
      return sealed(model);
    }
    PlaintextTransformer pass =
        model.plaintext(
            mode == InferenceMode.COMPACT
                ? PlaintextTransformer.Reciprocal.EXACT
                : PlaintextTransformer.Reciprocal.HINGES);
    return pass::runRows;
  }

  /**
   * For two classes a sealed answer is only the difference of the logits, so both sides are
   * centred.
   */
  private static PlainPass sealed(ModelPackage model) {
    SealedPackage sealed = SealedPackage.of(model);
    SealedPass pass = sealed.plaintext();
    EmbeddingTable embeddings = model.client().embeddings();
    boolean centred = MergedEncoder.differs(sealed.encoder().shape());
    return (ids, segments) -> {
      double[][] rows = pass.rows(embeddings.embed(ids, segments));
      for (int t = 0; centred && t < rows.length; t++) {
        double half = (rows[t][1] - rows[t][0]) / 2;
        rows[t] = new double[] {-half, half};
      }
      return rows;
    };
  }
}
