package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a CT and a number of chunks is computed with, and where its outputs lie: output j of a
 * chunk's token stands in the token's row at position {@link #place}; as many chunks share an
 * answer as a row has room for.
 *
 * @param chunksMax of the model's longest text
 */
record WordsContext(
    ModelShape shape,
    SealedShape sizes,
    SealedLayout layout,
    WordsScales scales,
    int chunksMax,
    int chunks)
    implements SealedContext {

  /**
   * The context of each number of chunks up to the model's longest text.
   *
   * @param outputBound largest absolute output
   * @throws IllegalArgumentException as {@link ShallowContext#of}, or if a row has no room for all
   *     labels
   */
  static List<WordsContext> all(ModelShape shape, double outputBound, CkksParameters parameters) {
    SealedLayout layout = SealedLayout.of(shape.width(), parameters);
    SealedShape sizes = SealedShape.of(shape);
    if (sizes.outputs() > layout.features()) {
      throw new IllegalArgumentException(
          sizes.outputs()
              + " labels of words: expected at most "
              + layout.features()
              + ", the slots of a token");
    }
    WordsScales scales = WordsScales.of(parameters, outputBound);
    int most = layout.chunks(shape.positions());
    List<WordsContext> all = new ArrayList<>();
    for (int i = 1; i <= most; i++) {
      all.add(new WordsContext(shape, sizes, layout, scales, most, i));
    }
    return all;
  }

  /** Chunks whose outputs share an answer. */
  int chunksPerAnswer() {
    return layout.features() / sizes.outputs();
  }

  /** The answer that holds a chunk's outputs. */
  int answer(int chunk) {
    return chunk / chunksPerAnswer();
  }

  /** Position of a chunk's output in the rows of its answer. */
  int place(int chunk, int output) {
    return chunk % chunksPerAnswer() * sizes.outputs() + output;
  }

  /** Positions that any chunk uses. */
  int places() {
    return Math.min(chunksMax, chunksPerAnswer()) * sizes.outputs();
  }

  @Override
  public CkksParameters parameters() {
    return scales.first().parameters();
  }

  @Override
  public int tokens() {
    return layout.tokensMax(chunks);
  }

  @Override
  public List<CiphertextSpec> inputs() {
    return Collections.nCopies(
        1 + chunks, new CiphertextSpec(SealedScales.LIMBS, SealedScales.INPUT));
  }

  @Override
  public int features() {
    return layout.features();
  }

  @Override
  public SealedEncoding weights(PlainSource shapes) {
    return new WordsWeights(this, null, shapes);
  }

  @Override
  public ClientSide side() {
    return new WordsSide(this);
  }
}
