package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.EdgeFeatures;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.util.ArrayList;
import java.util.List;

/**
 * What a CP, CS or CA and a number of chunks is computed with, or an AA behind its first attention.
 *
 * @param sentinels answered behind the outputs, in this order
 */
record DeepContext(
    ModelShape shape,
    SealedSpec spec,
    List<Sentinel> sentinels,
    DeepLayout layout,
    DeepScales scales,
    int chunks)
    implements SealedContext {

  DeepContext {
    sentinels = List.copyOf(sentinels);
  }

  /**
   * @param outputBound largest absolute output that an answer must hold
   * @throws IllegalArgumentException if the parameter set has too few levels or slots, or no scale
   *     holds the outputs
   */
  static DeepContext of(
      ModelShape shape,
      SealedSpec spec,
      List<Sentinel> sentinels,
      double outputBound,
      CkksParameters parameters,
      int chunks) {
    return new DeepContext(
        shape,
        spec,
        sentinels,
        layout(shape, spec, parameters),
        new DeepScales(
            parameters, spec.levels() + 1, spec.degree(SealedEncoder.LAYERS - 1), outputBound),
        chunks);
  }

  /**
   * Where things lie.
   *
   * @throws IllegalArgumentException if the model does not fit the parameter set's slots
   */
  static DeepLayout layout(ModelShape shape, SealedSpec spec, CkksParameters parameters) {
    int scoreFeatures = spec.second().attends() ? shape.headWidth() : 1;
    return new DeepLayout(
        DeepLayout.rows(shape.width(), shape.heads(), scoreFeatures, parameters),
        shape.heads(),
        scoreFeatures,
        shape.ffnWidth(),
        shape.ffnWidth() + shape.width(),
        spec.hasEdges());
  }

  DeepContext withChunks(int count) {
    return new DeepContext(shape, spec, sentinels, layout, scales, count);
  }

  /** Whether the second layer has queries and keys. */
  boolean asks() {
    return spec.second().attends();
  }

  /**
   * Whether the first layer attends. Then h comes two blocks a map ({@link HiddenMaps}), and [CLS]'
   * state is known in every row.
   */
  boolean attendsFirst() {
    return spec.first() == LayerLetter.A;
  }

  /** Whether they are taken from the first layer's output. */
  boolean asksState() {
    return spec.second() == LayerLetter.A;
  }

  /** What r is multiplied by, which is what its rows are over the numbers of the plain pass. */
  double rowFactor() {
    return spec.hasEdges() ? 1 / EdgeFeatures.LIMIT : 1;
  }

  /** One per class, or the value; for two classes the difference. */
  int outputs() {
    return MergedEncoder.differs(shape) ? 1 : shape.outputs();
  }

  @Override
  public boolean complexReplies() {
    return true;
  }

  @Override
  public CkksParameters parameters() {
    return scales.parameters();
  }

  @Override
  public int tokens() {
    return layout.rows().tokensMax(chunks);
  }

  @Override
  public List<CiphertextSpec> inputs() {
    CiphertextSpec rows = new CiphertextSpec(scales.top(), scales.input());
    CiphertextSpec weights = new CiphertextSpec(scales.weightLimbs(), scales.weights());
    List<CiphertextSpec> specs = new ArrayList<>(List.of(rows));
    if (asks()) {
      specs.add(rows);
    }
    for (int i = 0; i < chunks; i++) {
      specs.add(rows);
      specs.add(weights);
    }
    return specs;
  }

  @Override
  public int features() {
    return layout.features();
  }

  @Override
  public SealedEncoding weights(PlainSource shapes) {
    return DeepWeights.encode(this, null, shapes);
  }

  @Override
  public ClientSide side() {
    return new DeepSide(this);
  }
}
