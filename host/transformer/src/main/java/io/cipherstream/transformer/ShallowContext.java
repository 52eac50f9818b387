package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import java.util.List;

/** What a CQ and a number of chunks is computed with. */
record ShallowContext(
    ModelShape shape, SealedShape sizes, SealedLayout layout, SealedScales scales, int chunks)
    implements SealedContext {

  /**
   * @throws IllegalArgumentException if the parameter set has other than four levels, or its ring
   *     is too small for the width
   */
  static ShallowContext of(ModelShape shape, CkksParameters parameters, int chunks) {
    return new ShallowContext(
        shape,
        SealedShape.of(shape),
        SealedLayout.of(shape.width(), parameters),
        new SealedScales(parameters),
        chunks);
  }

  @Override
  public CkksParameters parameters() {
    return scales.parameters();
  }

  @Override
  public int tokens() {
    return layout.tokensMax(chunks);
  }

  @Override
  public List<CiphertextSpec> inputs() {
    return SealedProgram.inputs(chunks);
  }

  @Override
  public int features() {
    return layout.features();
  }

  @Override
  public SealedEncoding weights(PlainSource shapes) {
    return SealedWeights.encode(this, null, shapes);
  }

  @Override
  public ClientSide side() {
    return new SealedSide(this);
  }
}
