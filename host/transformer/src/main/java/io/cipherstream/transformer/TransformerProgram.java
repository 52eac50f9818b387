package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * A whole AA on ciphertexts, without a round: {@link
 * io.cipherstream.model.sealed.MergedTransformer}'s steps. Runs on any evaluator: traced, simulated
 * or encrypted.
 *
 * <p>A request holds the rows for queries, the rows for keys and values with their weights, and the
 * second layer's weights. The answer is one ciphertext an output and one a sentinel, with the same
 * value in every slot.
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
      List<Ciphertext> queries = queries(s, residual);
      DeepState state = state(s, s.drop(residual, AttentionScales.SECOND_LIMBS));
      SecondLayer.Chunk chunk = weights.second().chunk(s, state, w, queries, true);
      chunk.all().forEach(s::keep);
      return chunk;
    }
  }

  /** The queries of [CLS], one a pair of heads, alike in all rows. */
  private List<Ciphertext> queries(StepContext ctx, Ciphertext residual) {
    try (StepContext s = ctx.open()) {
      Ciphertext own = s.rescale(s.multiplyPlain(residual, weights.mask(), 0));
      Ciphertext everywhere = SlotSums.rows(s, own, layout.rows());
      return s.keep(weights.stateScores().queries(s, weights.cls().apply(s, everywhere)));
    }
  }

  private DeepState state(StepContext ctx, Ciphertext y) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = weights.tokens().apply(s, y);
      List<Ciphertext> hidden = maps.subList(0, layout.blocks());
      List<Ciphertext> squares =
          s.map(hidden.size(), (piece, b) -> piece.product(hidden.get(b), hidden.get(b)));
      Ciphertext keys = weights.stateScores().keys(s, squares, maps.get(layout.blocks()));
      Ciphertext lower = s.drop(y, maps.get(0).limbs());
      return new DeepState(s.keep(squares), s.keep(hidden), s.keep(lower), s.keep(keys));
    }
  }
}
