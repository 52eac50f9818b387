package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A whole CP, CS or CA on ciphertexts, without a round: {@link
 * io.cipherstream.model.sealed.MergedLayers}' steps. Runs on any evaluator: traced, simulated or
 * encrypted.
 *
 * <p>A request holds the repeated mean, where there are queries what [CLS]' sees, then for each
 * chunk its rows and its weights w, mean and rows with complex slots. The answer is one ciphertext
 * an output and one a sentinel, with the same value in every slot.
 */
final class DeepProgram implements StepProgram {

  private final DeepLayout layout;
  private final DeepWeights weights;

  DeepProgram(DeepWeights weights) {
    this.layout = weights.context().layout();
    this.weights = weights;
  }

  /**
   * The contribution of a chunk to the sums over tokens.
   *
   * @param scores e², [head · halves + half]
   * @param values u·w, [block · halves + half]
   * @param hidden Σ h² over all blocks
   * @param weights w with the limbs of {@code hidden}
   * @param own for the first chunk [CLS]' state in every row; else empty
   */
  private record Chunk(
      List<Ciphertext> scores,
      List<Ciphertext> values,
      Ciphertext hidden,
      Ciphertext weights,
      List<Ciphertext> own) {}

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    QueryProduct product = weights.queries();
    int first = product == null ? 1 : 2;
    List<Ciphertext> queries = product == null ? List.of() : queries(ctx, product, received.get(1));
    List<Chunk> chunks = new ArrayList<>();
    for (int i = first; i < received.size(); i += 2) {
      chunks.add(
          chunk(ctx, received.get(i), received.get(0), received.get(i + 1), queries, i == first));
    }
    List<Ciphertext> mixed = mixed(ctx, chunks);
    List<Ciphertext> operands =
        new ArrayList<>(
            ctx.map(mixed.size(), (s, i) -> SlotSums.rows(s, mixed.get(i), layout.rows())));
    operands.addAll(chunks.get(0).own());
    Ciphertext row = weights.tail().row(ctx, operands);
    Ciphertext squared = ctx.product(row, row);
    List<Ciphertext> answers = new ArrayList<>(weights.tail().outputs(ctx, row, squared));
    answers.addAll(
        weights
            .sentinels()
            .answers(ctx, new DeepSentinels.Sources(hidden(ctx, chunks), ones(mixed), squared)));
    return new Exchange(0, null, answers, List.of());
  }

  /** One a head, alike in all rows. */
  private List<Ciphertext> queries(StepContext ctx, QueryProduct product, Ciphertext cls) {
    StateScores ofState = weights.stateScores();
    if (ofState == null) {
      return product.apply(ctx, cls);
    }
    try (StepContext s = ctx.open()) {
      return s.keep(ofState.queries(s, product.apply(s, cls)));
    }
  }

  private Chunk chunk(
      StepContext ctx,
      Ciphertext x,
      Ciphertext mean,
      Ciphertext w,
      List<Ciphertext> queries,
      boolean first) {
    try (StepContext s = ctx.open()) {
      DeepState state = state(s, x, mean);
      List<Ciphertext> values = weights.values().weighed(s, state, w);
      List<Ciphertext> scores = weights.scores().squares(s, state.keys(), queries);
      List<Ciphertext> own = first ? weights.values().own(s, state) : List.of();
      Ciphertext hidden = s.sum(s.dropAll(state.squares(), DeepScales.SCORE_LIMBS));
      Ciphertext lower = s.drop(w, hidden.limbs());
      return new Chunk(s.keep(scores), s.keep(values), s.keep(hidden), s.keep(lower), s.keep(own));
    }
  }

  /** Levels 1 and 2. */
  private DeepState state(StepContext ctx, Ciphertext x, Ciphertext mean) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = maps(s, x, mean);
      List<Ciphertext> hidden = maps.subList(0, layout.blocks());
      List<Ciphertext> squares =
          s.map(hidden.size(), (piece, b) -> piece.product(hidden.get(b), hidden.get(b)));
      Ciphertext linear = maps.get(layout.blocks() + 1);
      StateScores ofState = weights.stateScores();
      Ciphertext keys = ofState == null ? linear : ofState.keys(s, squares, linear);
      return new DeepState(
          s.keep(squares), s.keep(hidden), s.keep(maps.get(layout.blocks())), s.keep(keys));
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

  /** Σ_t e²·u·w in the rows of its tokens, block by block of each head. */
  private List<Ciphertext> mixed(StepContext ctx, List<Chunk> chunks) {
    int blocks = layout.stateBlocks();
    int halves = layout.halves();
    return ctx.map(
        layout.heads() * blocks,
        (s, i) -> {
          int block = i % blocks;
          int parts = block == blocks - 1 ? 1 : halves;
          List<Ciphertext> scores = new ArrayList<>();
          List<Ciphertext> values = new ArrayList<>();
          for (Chunk chunk : chunks) {
            for (int half = 0; half < parts; half++) {
              scores.add(chunk.scores().get(i / blocks * halves + half));
              values.add(chunk.values().get(block * halves + half));
            }
          }
          return s.product(scores, values);
        });
  }

  /** Σ h²·w over all chunks. */
  private static Ciphertext hidden(StepContext ctx, List<Chunk> chunks) {
    return ctx.product(
        chunks.stream().map(Chunk::hidden).toList(), chunks.stream().map(Chunk::weights).toList());
  }

  /** Of {@link #mixed} the last block of each head: e²·w. */
  private List<Ciphertext> ones(List<Ciphertext> mixed) {
    int blocks = layout.stateBlocks();
    return IntStream.range(0, layout.heads())
        .mapToObj(h -> mixed.get((h + 1) * blocks - 1))
        .toList();
  }
}
