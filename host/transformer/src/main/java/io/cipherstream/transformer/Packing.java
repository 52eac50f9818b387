package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;

/**
 * All layouts of one model in one token class.
 *
 * @param tokens token-major slots
 * @param hidden activations of width H, dense
 * @param heads queries, keys, values and attention outputs, head by head
 * @param ffn FFN activations, dense
 * @param outputs logits, or the embedding, dense
 * @param scores where scores lie within a head
 * @param weights where the client puts attention weights
 */
record Packing(
    TokenLayout tokens,
    FeatureLayout hidden,
    FeatureLayout heads,
    FeatureLayout ffn,
    FeatureLayout outputs,
    ScoreLayout scores,
    WeightLayout weights) {

  static Packing of(ModelShape shape, int tokenClass, CkksParameters parameters) {
    TokenLayout tokens = TokenLayout.of(tokenClass, parameters);
    int features = tokens.features();
    FeatureLayout heads = FeatureLayout.heads(shape.heads(), shape.headWidth(), features);
    return new Packing(
        tokens,
        FeatureLayout.dense(shape.width(), features),
        heads,
        FeatureLayout.dense(shape.ffnWidth(), features),
        FeatureLayout.dense(shape.outputs(), features),
        ScoreLayout.of(tokenClass, heads.groupStride()),
        new WeightLayout(tokenClass, heads.groupStride()));
  }

  /** D, positions of a head. */
  int stride() {
    return heads.groupStride();
  }

  /** Ciphertexts per block for T's hinges and its bias, D values per head. */
  int hingeChunks(int hinges) {
    return (hinges + 1 + stride() - 1) / stride();
  }

  /** n₁ of the projections that share one input: Q, K and V. */
  int attentionBabies() {
    return DiagonalStructure.bestBabySteps(3 * heads.blocks(), hidden.blocks(), tokens.features());
  }

  DiagonalStructure attentionInput() {
    return new DiagonalStructure(heads, hidden, attentionBabies());
  }

  DiagonalStructure attentionOutput() {
    return structure(hidden, heads);
  }

  DiagonalStructure intermediate() {
    return structure(ffn, hidden);
  }

  DiagonalStructure ffnOutput() {
    return structure(hidden, ffn);
  }

  DiagonalStructure pooler() {
    return structure(hidden, hidden);
  }

  DiagonalStructure classifier() {
    return structure(outputs, hidden);
  }

  private DiagonalStructure structure(FeatureLayout out, FeatureLayout in) {
    return new DiagonalStructure(
        out, in, DiagonalStructure.bestBabySteps(out.blocks(), in.blocks(), tokens.features()));
  }
}
