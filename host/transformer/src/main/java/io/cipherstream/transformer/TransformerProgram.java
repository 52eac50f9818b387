package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * A whole AA on ciphertexts, without a round: {@link
 * io.cipherstream.model.sealed.MergedTransformer}'s steps. Runs on any evaluator: traced, simulated
 * or encrypted.
 *
 * <p>A request holds the rows for queries, the rows for keys and values with their weights, and the
 * second layer's weights. The answer is outputs and sentinels as {@link PairedAnswers}.
 */
final class TransformerProgram implements StepProgram {

  private final TransformerWeights weights;
  private final DeepLayout layout;
  private final AttentionLayout attention;

  TransformerProgram(TransformerWeights weights, AttentionLayout attention) {
    this.weights = weights;
    this.layout = weights.layout();
    this.attention = attention;
  }

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    Ciphertext second = received.get(3);
    FirstAttention.Found found =
        weights
            .attention()
            .apply(
                ctx,
                attention,
                received.get(0),
                received.get(1),
                received.get(2),
                weights.watchesFirstScores() ? second : null);
    SecondLayer.Chunk chunk = chunk(ctx, found.residual(), second);
    List<Ciphertext> answers = weights.second().answers(ctx, List.of(chunk), found.scores());
    return new Exchange(0, null, answers, List.of());
  }

  private SecondLayer.Chunk chunk(StepContext ctx, Ciphertext residual, Ciphertext w) {
    try (StepContext s = ctx.open()) {
      Cls cls = cls(s, residual);
      Layer tokens = layer(s, weights.tokens(), s.drop(residual, AttentionScales.SECOND_LIMBS));
      Ciphertext keys =
          weights.stateScores().keys(s, tokens.state().squares(), tokens.linear().get(0));
      SecondLayer.Chunk chunk =
          weights.second().chunk(s, tokens.state(), keys, w, cls.queries(), cls.own());
      chunk.all().forEach(s::keep);
      return chunk;
    }
  }

  /**
   * What the second layer takes of [CLS], alike in all rows.
   *
   * @param queries one a pair of heads
   * @param own its state
   */
  private record Cls(List<Ciphertext> queries, List<Ciphertext> own) {}

  private Cls cls(StepContext ctx, Ciphertext residual) {
    try (StepContext s = ctx.open()) {
      Ciphertext own = s.rescale(s.multiplyPlain(residual, weights.mask(), 0));
      Layer layer = layer(s, weights.cls(), SlotSums.rows(s, own, layout.rows()));
      return new Cls(
          s.keep(weights.stateScores().queries(s, layer.state().squares(), layer.linear())),
          s.keep(weights.second().own(s, layer.state())));
    }
  }

  /** What the second layer's inputs are made of, and of its queries or keys what is linear in y. */
  private record Layer(DeepState state, List<Ciphertext> linear) {}

  private Layer layer(StepContext ctx, RowMaps maps, Ciphertext y) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> found = maps.apply(s, y);
      int pairs = HiddenMaps.rows(layout).size();
      List<Ciphertext> hidden = HiddenMaps.blocks(s, found.subList(0, pairs), layout.blocks());
      List<Ciphertext> squares =
          s.map(hidden.size(), (piece, b) -> piece.product(hidden.get(b), hidden.get(b)));
      Ciphertext lower = s.drop(y, hidden.get(0).limbs());
      List<Ciphertext> linear = found.subList(pairs, found.size());
      return new Layer(
          new DeepState(s.keep(squares), s.keep(hidden), s.keep(lower)), s.keep(linear));
    }
  }
}
