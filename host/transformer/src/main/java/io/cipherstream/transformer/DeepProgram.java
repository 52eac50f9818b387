package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole CP, CS or CA on ciphertexts, without a round: {@link
 * io.cipherstream.model.sealed.MergedLayers}' steps. Runs on any evaluator: traced, simulated or
 * encrypted.
 *
 * <p>A request holds the repeated mean, where there are queries what [CLS]' sees, then for each
 * chunk its rows and its weights w, mean and rows with complex slots. The answer is outputs and
 * sentinels as {@link PairedAnswers}.
 */
final class DeepProgram implements StepProgram {

  private final DeepLayout layout;
  private final DeepWeights weights;

  DeepProgram(DeepWeights weights) {
    this.layout = weights.context().layout();
    this.weights = weights;
  }

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    QueryProduct product = weights.queries();
    int first = product == null ? 1 : 2;
    List<Ciphertext> queries = product == null ? List.of() : queries(ctx, product, received.get(1));
    List<SecondLayer.Chunk> chunks = new ArrayList<>();
    for (int i = first; i < received.size(); i += 2) {
      chunks.add(
          chunk(ctx, received.get(i), received.get(0), received.get(i + 1), queries, i == first));
    }
    return new Exchange(0, null, weights.second().answers(ctx, chunks, null), List.of());
  }

  /** One a pair of heads, alike in all rows. */
  private List<Ciphertext> queries(StepContext ctx, QueryProduct product, Ciphertext cls) {
    StateScores ofState = weights.stateScores();
    if (ofState == null) {
      return product.apply(ctx, cls);
    }
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = product.apply(s, cls);
      int blocks = layout.blocks();
      List<Ciphertext> squares =
          s.map(blocks, (piece, b) -> piece.product(maps.get(b), maps.get(b)));
      return s.keep(ofState.queries(s, squares, maps.subList(blocks, maps.size())));
    }
  }

  private SecondLayer.Chunk chunk(
      StepContext ctx,
      Ciphertext x,
      Ciphertext mean,
      Ciphertext w,
      List<Ciphertext> queries,
      boolean first) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = maps(s, x, mean);
      int blocks = layout.blocks();
      List<Ciphertext> hidden = maps.subList(0, blocks);
      List<Ciphertext> squares =
          s.map(blocks, (piece, b) -> piece.product(hidden.get(b), hidden.get(b)));
      DeepState state = new DeepState(squares, hidden, maps.get(blocks));
      Ciphertext linear = maps.get(blocks + 1);
      StateScores ofState = weights.stateScores();
      Ciphertext keys = ofState == null ? linear : ofState.keys(s, squares, linear);
      List<Ciphertext> own = first ? weights.second().own(s, state) : List.of();
      SecondLayer.Chunk chunk = weights.second().chunk(s, state, keys, w, queries, own);
      chunk.all().forEach(s::keep);
      return chunk;
    }
  }

  /** Level 1: what is linear in the text. */
  private List<Ciphertext> maps(StepContext ctx, Ciphertext x, Ciphertext mean) {
    PairedWindow window = weights.window();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> input = new ArrayList<>(shifted(s, x));
      input.add(mean);
      List<Ciphertext> products =
          LinearStep.pieces(s, window.babySteps(), window.products(), input);
      return s.keep(s.map(products.size(), (piece, p) -> window.map(piece, products.get(p), p)));
    }
  }

  /**
   * The rows moved by −4, −2, 0 and 2 tokens, the second after the first: two keys at the highest
   * level instead of three.
   */
  private List<Ciphertext> shifted(StepContext ctx, Ciphertext x) {
    int pair = 2 * layout.features();
    return ctx
        .mapAll(
            2,
            (s, c) -> {
              Ciphertext first = c == 0 ? s.rotate(x, -2 * pair) : s.drop(x, x.limbs());
              return List.of(first, s.rotate(first, pair));
            })
        .stream()
        .flatMap(List::stream)
        .toList();
  }
}
