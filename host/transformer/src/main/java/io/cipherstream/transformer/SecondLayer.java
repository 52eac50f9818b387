package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The second layer of a deep spec with its network, outputs and sentinels: tokens are weighed and
 * summed before any of its matrices. Immutable; read by any number at once.
 */
final class SecondLayer {

  private final DeepLayout layout;
  private final boolean attendsFirst;
  private final int scoreLimbs;
  private final DeepScores scores;
  private final DeepValues values;
  private final DeepTail tail;
  private final DeepSentinels sentinels;

  /**
   * @param merged null to trace shapes only
   * @param source of vectors with period F; owns what is encoded
   * @param firstScores scale of what sentinels see of the first layer's scores, 0 if it has none
   */
  SecondLayer(
      DeepContext context, @Nullable MergedLayers merged, PlainSource source, double firstScores) {
    this.layout = context.layout();
    this.attendsFirst = context.attendsFirst();
    this.scoreLimbs = context.scales().scoreLimbs();
    PlainSource whole = source.withPeriod(layout.rows().slots());
    scores = new DeepScores(context, merged, source);
    values = new DeepValues(context, merged, source, whole);
    tail = new DeepTail(context, merged, source, whole);
    sentinels = new DeepSentinels(context, whole, firstScores);
  }

  /**
   * What a chunk brings to the sums over tokens.
   *
   * @param scores ±e², [head · halves + half]
   * @param values u·w, [pair · halves + half]
   * @param hidden Σ h² over all blocks
   * @param weights w with the limbs of {@code hidden}
   * @param own of the first chunk [CLS]' state in every row; else empty
   */
  record Chunk(
      List<Ciphertext> scores,
      List<Ciphertext> values,
      Ciphertext hidden,
      Ciphertext weights,
      List<Ciphertext> own) {

    /** Every ciphertext of it. */
    List<Ciphertext> all() {
      List<Ciphertext> all = new ArrayList<>(scores);
      all.addAll(values);
      all.add(hidden);
      all.add(weights);
      all.addAll(own);
      return all;
    }
  }

  /**
   * What a chunk brings.
   *
   * @param keys of all heads
   * @param w the client's weights
   * @param queries one a pair of heads, alike in all rows, or none
   * @param own of the first chunk what {@link #own} gives; else empty
   */
  Chunk chunk(
      StepContext ctx,
      DeepState state,
      Ciphertext keys,
      Ciphertext w,
      List<Ciphertext> queries,
      List<Ciphertext> own) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> weighed = values.weighed(s, state, w);
      List<Ciphertext> squares = scores.squares(s, keys, queries);
      Ciphertext hidden = hidden(s, state);
      Ciphertext lower = s.drop(w, hidden.limbs());
      return new Chunk(s.keep(squares), s.keep(weighed), s.keep(hidden), s.keep(lower), own);
    }
  }

  /**
   * [CLS]' own state in every row.
   *
   * @param cls a state with that of [CLS], in every row where the first layer attends
   */
  List<Ciphertext> own(StepContext ctx, DeepState cls) {
    return values.own(ctx, cls);
  }

  /**
   * The outputs, then the sentinels, as {@link PairedAnswers}.
   *
   * @param chunks all of a text, the first one first
   * @param firstScores what {@link DeepSentinels.Sources} has of the first layer's scores, or null
   */
  List<Ciphertext> answers(StepContext ctx, List<Chunk> chunks, @Nullable Ciphertext firstScores) {
    List<Ciphertext> mixed = mixed(ctx, chunks);
    List<Ciphertext> operands =
        new ArrayList<>(
            ctx.map(mixed.size(), (s, i) -> SlotSums.rows(s, mixed.get(i), layout.rows())));
    operands.addAll(chunks.get(0).own());
    Ciphertext row = tail.row(ctx, operands);
    Ciphertext squared = ctx.product(row, row);
    DeepTail.Powers powers = tail.powers(ctx, row, squared);
    DeepSentinels.Sources sources =
        new DeepSentinels.Sources(
            hidden(ctx, chunks), firstScores, ones(mixed), squared, powers.middle());
    int outputs = tail.outputs();
    int count = outputs + sentinels.count();
    List<Ciphertext> terms =
        ctx.map(
            count,
            (s, i) ->
                i < outputs
                    ? tail.output(s, powers.basis(), i)
                    : sentinels.term(s, sources, i - outputs));
    return ctx.map(
        PairedAnswers.ciphertexts(count),
        (s, pair) -> {
          Ciphertext both = s.sum(terms.subList(2 * pair, Math.min(2 * pair + 2, count)));
          Ciphertext all = s.rescale(SlotSums.all(s, both, layout.rows().slots()));
          return tail.plusConstants(s, all, pair);
        });
  }

  /** Σ_t ±e²·u·w in the rows of its tokens, pair by pair of each head. */
  private List<Ciphertext> mixed(StepContext ctx, List<Chunk> chunks) {
    int pairs = layout.statePairs();
    int halves = layout.halves();
    return ctx.map(
        layout.heads() * pairs,
        (s, i) -> {
          int pair = i % pairs;
          List<Ciphertext> scores = new ArrayList<>();
          List<Ciphertext> values = new ArrayList<>();
          for (Chunk chunk : chunks) {
            for (int half = 0; half < layout.halves(pair); half++) {
              scores.add(chunk.scores().get(i / pairs * halves + half));
              values.add(chunk.values().get(pair * halves + half));
            }
          }
          return s.product(scores, values);
        });
  }

  /** Σ h² over all blocks. */
  private Ciphertext hidden(StepContext ctx, DeepState state) {
    List<Ciphertext> squares = ctx.dropAll(state.squares(), scoreLimbs);
    if (!attendsFirst || squares.size() == 1) {
      return ctx.sum(squares);
    }
    return ctx.subtract(ctx.sum(every(squares, 0)), ctx.sum(every(squares, 1)));
  }

  /** Blocks with that remainder modulo 2. */
  private static List<Ciphertext> every(List<Ciphertext> blocks, int remainder) {
    return IntStream.range(0, blocks.size())
        .filter(b -> b % 2 == remainder)
        .mapToObj(blocks::get)
        .toList();
  }

  /** Σ h²·w over all chunks. */
  private static Ciphertext hidden(StepContext ctx, List<Chunk> chunks) {
    return ctx.product(
        chunks.stream().map(Chunk::hidden).toList(), chunks.stream().map(Chunk::weights).toList());
  }

  /** Of {@link #mixed} what has ±e²·w of each head. */
  private List<Ciphertext> ones(List<Ciphertext> mixed) {
    int pairs = layout.statePairs();
    return IntStream.range(0, layout.heads())
        .mapToObj(h -> mixed.get(h * pairs + layout.oneAt()))
        .toList();
  }
}
