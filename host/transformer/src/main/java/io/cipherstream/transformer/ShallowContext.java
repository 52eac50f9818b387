package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PositionBias;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a CQ is computed with, for one text in a number of chunks or for several that share one.
 *
 * @param texts that share the chunk; 1 where a text has it alone
 */
record ShallowContext(
    ModelShape shape,
    SealedShape sizes,
    SealedLayout layout,
    SealedScales scales,
    int chunks,
    int texts)
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
        chunks,
        1);
  }

  /** The same for as many texts as share a chunk; none where only one does. */
  Optional<ShallowContext> shared() {
    int places = sizes.places(layout);
    return places == 1
        ? Optional.empty()
        : Optional.of(new ShallowContext(shape, sizes, layout, scales, 1, places));
  }

  @Override
  public CkksParameters parameters() {
    return scales.parameters();
  }

  @Override
  public int tokens() {
    return takesManyTexts() ? texts * layout.tokensOfPlace() : layout.tokensMax(chunks);
  }

  @Override
  public boolean holds(int... tokenCounts) {
    return takesManyTexts()
        ? tokenCounts.length <= texts
            && Arrays.stream(tokenCounts).allMatch(count -> count <= layout.tokensOfPlace())
        : SealedContext.super.holds(tokenCounts);
  }

  /** Level 1, which is most of the work, costs the same for one text. */
  @Override
  public boolean isWorthSharing(int... tokenCounts) {
    return tokenCounts.length > 1;
  }

  @Override
  public List<CiphertextSpec> inputs() {
    return SealedProgram.inputs(chunks, texts);
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
    return new SealedSide(this, new int[0]);
  }

  @Override
  public ClientSide side(@Nullable PositionBias bias, int... tokenCounts) {
    return new SealedSide(this, tokenCounts);
  }
}
