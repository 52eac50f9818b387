package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A whole CP, CS or CA on ciphertexts, without a round: {@link
 * io.cipherstream.model.sealed.MergedLayers}' steps. Runs on any evaluator: traced, simulated or
 * encrypted.
 *
 * <p>A request holds the repeated mean, where there are queries what [CLS]' sees, then for each
 * chunk its rows and its weights w. The answer is one ciphertext an output and one a sentinel, with
 * the same value in every slot.
 */
final class DeepProgram implements StepProgram {

  private final DeepLayout layout;
  private final DeepWeights weights;
  private final StepContext ctx;

  DeepProgram(DeepWeights weights, StepContext ctx) {
    this.layout = weights.context().layout();
    this.weights = weights;
    this.ctx = ctx;
  }

  @Override
  public Exchange step(List<Ciphertext> received) {
    try (Owned owned = new Owned()) {
      owned.keepAll(new ArrayList<>(received));
      return new Exchange(0, null, run(received), List.of());
    }
  }

  @Override
  public void close() {}

  /**
   * What a chunk brings to the sums over tokens.
   *
   * @param scores e², [head · halves + half]
   * @param values u·w, [block · halves + half]
   * @param hidden Σ h² over all blocks
   * @param weights w with the limbs of {@code hidden}
   * @param own of the first chunk [CLS]' state in every row; else empty
   */
  private record Chunk(
      List<Ciphertext> scores,
      List<Ciphertext> values,
      Ciphertext hidden,
      Ciphertext weights,
      List<Ciphertext> own)
      implements AutoCloseable {
    @Override
    public void close() {
      List<Ciphertext> all = new ArrayList<>(scores);
      all.addAll(values);
      all.add(hidden);
      all.add(weights);
      all.addAll(own);
      Owned.closeAll(all);
    }
  }

  /** The answers; the caller closes them. What was received stays open. */
  private List<Ciphertext> run(List<Ciphertext> received) {
    QueryProduct product = weights.queries();
    try (Owned owned = new Owned()) {
      int first = product == null ? 1 : 2;
      List<Ciphertext> queries =
          product == null ? List.of() : owned.keepAll(queries(product, received.get(1)));
      List<Chunk> chunks = new ArrayList<>();
      for (int i = first; i < received.size(); i += 2) {
        chunks.add(
            owned.keep(
                chunk(received.get(i), received.get(0), received.get(i + 1), queries, i == first)));
      }
      List<Ciphertext> mixed = owned.keepAll(mixed(chunks));
      List<Ciphertext> operands =
          owned.keepAll(
              ctx.parallel()
                  .map(mixed.size(), i -> SlotSums.rows(ctx, copy(mixed.get(i)), layout.rows())));
      List<Ciphertext> all = new ArrayList<>(operands);
      all.addAll(chunks.get(0).own());
      Ciphertext row = owned.keep(weights.tail().row(ctx, all));
      Ciphertext squared = owned.keep(ctx.reduce(ctx.evaluator().multiply(row, row)));
      List<Ciphertext> answers = owned.keepAll(weights.tail().outputs(ctx, row, squared));
      DeepSentinels.Sources sources =
          new DeepSentinels.Sources(owned.keep(hidden(chunks)), ones(mixed), squared);
      List<Ciphertext> sentinels = weights.sentinels().answers(ctx, sources);
      answers.forEach(owned::release);
      List<Ciphertext> result = new ArrayList<>(answers);
      result.addAll(sentinels);
      return result;
    }
  }

  /** One a head, alike in all rows. */
  private List<Ciphertext> queries(QueryProduct product, Ciphertext cls) {
    StateScores ofState = weights.stateScores();
    List<Ciphertext> maps = product.apply(ctx, cls);
    if (ofState == null) {
      return maps;
    }
    try (Owned owned = new Owned()) {
      return ofState.queries(ctx, owned.keepAll(maps));
    }
  }

  private Ciphertext copy(Ciphertext a) {
    return ctx.drop(a, a.limbs());
  }

  private Chunk chunk(
      Ciphertext x, Ciphertext mean, Ciphertext w, List<Ciphertext> queries, boolean first) {
    try (Owned owned = new Owned();
        DeepState state = state(x, mean)) {
      List<Ciphertext> values = owned.keepAll(weights.values().weighed(ctx, state, w));
      List<Ciphertext> scores = owned.keepAll(weights.scores().squares(ctx, state.keys(), queries));
      List<Ciphertext> own = first ? owned.keepAll(weights.values().own(ctx, state)) : List.of();
      Ciphertext hidden = owned.keep(sum(state.squares()));
      Ciphertext lower = owned.keep(ctx.drop(w, hidden.limbs()));
      Chunk chunk = new Chunk(scores, values, hidden, lower, own);
      scores.forEach(owned::release);
      values.forEach(owned::release);
      own.forEach(owned::release);
      owned.release(hidden);
      owned.release(lower);
      return chunk;
    }
  }

  /** Σ of squares with the limbs of scores. */
  private Ciphertext sum(List<Ciphertext> squares) {
    try (Running sum = new Running()) {
      for (Ciphertext square : squares) {
        sum.add(ctx.evaluator(), ctx.drop(square, DeepScales.SCORE_LIMBS));
      }
      return sum.take();
    }
  }

  /** Levels 1 and 2. */
  private DeepState state(Ciphertext x, Ciphertext mean) {
    CkksEvaluator evaluator = ctx.evaluator();
    try (Owned owned = new Owned()) {
      List<Ciphertext> input = new ArrayList<>(owned.keepAll(shifted(x)));
      input.add(mean);
      WindowMatrix window = weights.window();
      List<Ciphertext> products =
          owned.keepAll(LinearStep.pieces(ctx, window.babySteps(), window.products(), input));
      List<Ciphertext> maps =
          owned.keepAll(
              ctx.parallel()
                  .map(
                      products.size(),
                      p -> {
                        try (Ciphertext sum =
                            evaluator.addPlain(products.get(p), window.constants(), p)) {
                          return evaluator.rescale(sum);
                        }
                      }));
      List<Ciphertext> hidden = maps.subList(0, layout.blocks());
      List<Ciphertext> squares =
          ctx.parallel()
              .map(
                  hidden.size(), b -> ctx.reduce(evaluator.multiply(hidden.get(b), hidden.get(b))));
      owned.keepAll(squares);
      Ciphertext linear = maps.get(layout.blocks() + 1);
      StateScores ofState = weights.stateScores();
      Ciphertext keys = ofState == null ? copy(linear) : ofState.keys(ctx, squares, linear);
      squares.forEach(owned::release);
      hidden.forEach(owned::release);
      return new DeepState(squares, hidden, owned.release(maps.get(layout.blocks())), keys);
    }
  }

  /**
   * The rows moved by −4 to 3 tokens, as two chains of moves by one token: two keys at the highest
   * level instead of seven.
   */
  private List<Ciphertext> shifted(Ciphertext x) {
    int ahead = SealedLayout.SHIFTS / 2;
    int f = layout.features();
    try (Owned owned = new Owned()) {
      List<Chain> chains =
          owned.keepAll(
              ctx.parallel()
                  .map(2, c -> chain(c == 0 ? ctx.rotate(x, -ahead * f) : copy(x), f, ahead)));
      List<Ciphertext> all = new ArrayList<>();
      chains.forEach(chain -> all.addAll(chain.links()));
      chains.forEach(owned::release);
      return all;
    }
  }

  private record Chain(List<Ciphertext> links) implements AutoCloseable {
    @Override
    public void close() {
      Owned.closeAll(links);
    }
  }

  /** The first and its rotations by step, 2·step, …; owns the first. */
  private Chain chain(Ciphertext first, int step, int length) {
    try (Owned owned = new Owned()) {
      List<Ciphertext> links = new ArrayList<>(List.of(owned.keep(first)));
      while (links.size() < length) {
        links.add(owned.keep(ctx.rotate(links.get(links.size() - 1), step)));
      }
      links.forEach(owned::release);
      return new Chain(links);
    }
  }

  /** Σ_t e²·u·w in the rows of its tokens, block by block of each head. */
  private List<Ciphertext> mixed(List<Chunk> chunks) {
    int blocks = layout.stateBlocks();
    int halves = layout.halves();
    return ctx.parallel()
        .map(
            layout.heads() * blocks,
            i -> {
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
              return ctx.reduce(ctx.evaluator().sumOfProducts(scores, values));
            });
  }

  /** Σ h²·w over all chunks. */
  private Ciphertext hidden(List<Chunk> chunks) {
    return ctx.reduce(
        ctx.evaluator()
            .sumOfProducts(
                chunks.stream().map(Chunk::hidden).toList(),
                chunks.stream().map(Chunk::weights).toList()));
  }

  /** Of {@link #mixed} the last block of each head: e²·w. */
  private List<Ciphertext> ones(List<Ciphertext> mixed) {
    int blocks = layout.stateBlocks();
    return IntStream.range(0, layout.heads())
        .mapToObj(h -> mixed.get((h + 1) * blocks - 1))
        .toList();
  }
}
