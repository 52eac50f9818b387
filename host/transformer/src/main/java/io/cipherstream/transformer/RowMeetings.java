package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a first attention find while keys and values move past the queries: e² of each
 * two that meet, and the sums of what it weighs. Immutable; read by any number at once.
 */
final class RowMeetings {

  /** Moves of keys and values that are open at one time. */
  private static final int OPEN = 4;

  private final DeepLayout layout;
  private final SegmentScores scores;

  RowMeetings(DeepLayout layout, SegmentScores scores) {
    this.layout = layout;
    this.scores = scores;
  }

  /**
   * Sums over what rows have met, each a product not yet relinearised.
   *
   * @param mixed Σ ±e²·v·w of the heads of each half, v of a pair complex
   * @param scores Σ e²·w of all heads, or null
   */
  record Sums(List<Ciphertext> mixed, @Nullable Ciphertext scores) {

    List<Ciphertext> all() {
      List<Ciphertext> all = new ArrayList<>(mixed);
      if (scores != null) {
        all.add(scores);
      }
      return all;
    }

    static Sums of(List<Ciphertext> all, int halves) {
      return new Sums(all.subList(0, halves), all.size() > halves ? all.get(halves) : null);
    }
  }

  /**
   * Moves the rows on by one after another and adds up what meets, {@value #OPEN} moves at a time,
   * so that a long text needs little more memory than a short one.
   *
   * @param moves how many, the first one by no row
   * @param asked queries, one a pair of heads
   * @param rows keys, then v·w of each pair, then w if a sentinel sees the scores; owned by the
   *     context, freed here
   */
  Sums sums(StepContext ctx, int moves, List<Ciphertext> asked, List<Ciphertext> rows) {
    List<Ciphertext> sums = List.of();
    List<Ciphertext> first = rows;
    for (int from = 0; from < moves; from += OPEN) {
      int count = Math.min(OPEN, moves - from);
      try (StepContext s = ctx.open()) {
        List<List<Ciphertext>> moved = moved(s, first, count);
        List<Ciphertext> more = met(s, asked, moved).all();
        List<Ciphertext> before = sums;
        sums =
            s.keep(
                before.isEmpty()
                    ? more
                    : s.map(more.size(), (piece, i) -> piece.add(before.get(i), more.get(i))));
        ctx.free(before);
        List<Ciphertext> left = first;
        first =
            from + count == moves
                ? List.of()
                : s.keep(
                    s.map(
                        moved.size(),
                        (piece, i) ->
                            piece.rotate(moved.get(i).get(count - 1), layout.features())));
        ctx.free(left);
      }
    }
    return Sums.of(sums, halves());
  }

  private int halves() {
    return layout.isPaired(0) ? 2 : 1;
  }

  /** Each of some rows and its moves by 1 to {@code count} − 1. */
  private List<List<Ciphertext>> moved(StepContext ctx, List<Ciphertext> rows, int count) {
    return ctx.mapAll(
        rows.size(),
        (s, i) -> {
          List<Ciphertext> all = new ArrayList<>();
          all.add(s.drop(rows.get(i), rows.get(i).limbs()));
          while (all.size() < count) {
            all.add(s.rotate(all.get(all.size() - 1), layout.features()));
          }
          return all;
        });
  }

  /** What a few moves bring. */
  private Sums met(StepContext ctx, List<Ciphertext> asked, List<List<Ciphertext>> moved) {
    try (StepContext s = ctx.open()) {
      int pairs = layout.headPairs();
      List<List<Ciphertext>> squares = squares(s, asked, moved.get(0));
      List<List<Ciphertext>> values = moved.subList(1, 1 + pairs);
      List<Ciphertext> mixed =
          s.map(halves(), (piece, half) -> weighed(piece, half, squares, p -> values.get(p)));
      Ciphertext seen = null;
      if (moved.size() > 1 + pairs) {
        List<Ciphertext> w = moved.get(1 + pairs);
        List<Ciphertext> sums =
            s.map(
                halves(),
                (piece, half) ->
                    weighed(
                        piece,
                        half,
                        squares.stream()
                            .map(all -> piece.dropAll(all, AttentionScales.SENTINEL_LIMBS))
                            .toList(),
                        p -> w));
        seen = s.keep(sums.size() == 1 ? sums.get(0) : s.subtract(sums.get(0), sums.get(1)));
      }
      return new Sums(s.keep(mixed), seen);
    }
  }

  /** ±e² of every move and pair, [move · pairs + pair][head of the pair]. */
  private List<List<Ciphertext>> squares(
      StepContext ctx, List<Ciphertext> asked, List<Ciphertext> keys) {
    int pairs = layout.headPairs();
    return ctx.mapAll(
        keys.size() * pairs,
        (s, i) ->
            scores.ofPair(s, keys.get(i / pairs), asked.get(i % pairs), i % pairs).stream()
                .map(score -> s.product(score, score))
                .toList());
  }

  /** Σ ±e²·v of the heads of one half over all moves. */
  private Ciphertext weighed(
      StepContext ctx,
      int half,
      List<List<Ciphertext>> squares,
      IntFunction<List<Ciphertext>> ofPair) {
    int pairs = layout.headPairs();
    List<Ciphertext> left = new ArrayList<>();
    List<Ciphertext> right = new ArrayList<>();
    for (int i = 0; i < squares.size(); i++) {
      if (half < squares.get(i).size()) {
        left.add(squares.get(i).get(half));
        right.add(ofPair.apply(i % pairs).get(i / pairs));
      }
    }
    return ctx.sumOfProducts(left, right);
  }
}
