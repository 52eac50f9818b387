package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.util.List;

/**
 * What an AA and a number of tokens is computed with.
 *
 * @param second of all that follows the first layer's residual; one chunk
 * @param attention where tokens lie
 * @param scales of the first part
 */
record TransformerContext(DeepContext second, AttentionLayout attention, AttentionScales scales)
    implements SealedContext {

  /**
   * One context a class of tokens, smallest first.
   *
   * @param outputBound largest absolute output that an answer must hold
   * @throws IllegalArgumentException if the parameter set has too few levels or slots, or no scale
   *     holds the outputs
   */
  static List<TransformerContext> all(
      ModelShape shape,
      SealedSpec spec,
      List<Sentinel> sentinels,
      double outputBound,
      CkksParameters parameters) {
    AttentionScales scales = AttentionScales.of(parameters, outputBound);
    DeepLayout layout = DeepContext.layout(shape, spec, parameters);
    DeepContext second = new DeepContext(shape, spec, sentinels, layout, scales.second(), 1);
    return AttentionLayout.classes(layout.rows(), shape.positions()).stream()
        .map(t -> new TransformerContext(second, new AttentionLayout(layout.rows(), t), scales))
        .toList();
  }

  @Override
  public ModelShape shape() {
    return second.shape();
  }

  @Override
  public CkksParameters parameters() {
    return second.parameters();
  }

  @Override
  public int tokens() {
    return attention.tokens();
  }

  /** x for queries, x for keys and values with its weights, the second layer's weights. */
  @Override
  public List<CiphertextSpec> inputs() {
    CiphertextSpec rows = new CiphertextSpec(AttentionScales.LIMBS, scales.input());
    return List.of(
        rows,
        rows,
        new CiphertextSpec(AttentionScales.SCORE_LIMBS, scales.weights()),
        new CiphertextSpec(scales.second().weightLimbs(), scales.second().weights()));
  }

  @Override
  public boolean complexReplies() {
    return true;
  }

  @Override
  public int features() {
    return second.layout().features();
  }

  @Override
  public SealedEncoding weights(PlainSource shapes) {
    return new TransformerWeights(this, null, shapes);
  }

  @Override
  public ClientSide side() {
    return new TransformerSide(this);
  }
}
