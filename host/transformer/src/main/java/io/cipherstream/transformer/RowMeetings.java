package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a first attention find while keys and values move past the queries: e² of each
 * pair that meets, and the sums of what it weighs. Immutable; read by any number at once.
 */
final class RowMeetings {

  /** Moves of keys and values that are open at one time. */
  private static final int OPEN = 4;

  private final DeepLayout layout;
  private final PeriodicPlaintexts offsets;

  /**
   * @param offsets of e, one a head
   */
  RowMeetings(DeepLayout layout, PeriodicPlaintexts offsets) {
    this.layout = layout;
    this.offsets = offsets;
  }

  /**
   * Sums over what rows have met, each a product not yet relinearised.
   *
   * @param mixed Σ e²·v·w of the heads of each half
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
   * @param asked queries, one a head
   * @param rows keys, then v·w of each head, then w if a sentinel sees the scores; owned by the
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
    return layout.heads() > 1 ? 2 : 1;
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
      int heads = layout.heads();
      List<Ciphertext> weights = weights(s, asked, moved.get(0));
      List<List<Ciphertext>> values = moved.subList(1, 1 + heads);
      List<Ciphertext> mixed =
          s.map(halves(), (piece, half) -> mixed(piece, half, weights, values));
      Ciphertext scores = null;
      if (moved.size() > 1 + heads) {
        List<Ciphertext> low = s.dropAll(weights, AttentionScales.SENTINEL_LIMBS);
        List<Ciphertext> w = moved.get(1 + heads);
        scores =
            s.keep(
                s.sumOfProducts(
                    low, IntStream.range(0, low.size()).mapToObj(i -> w.get(i / heads)).toList()));
      }
      return new Sums(s.keep(mixed), scores);
    }
  }

  /** e² of every move and head, [move · heads + head]. */
  private List<Ciphertext> weights(StepContext ctx, List<Ciphertext> asked, List<Ciphertext> keys) {
    int heads = layout.heads();
    return ctx.map(
        keys.size() * heads,
        (s, i) -> {
          int head = i % heads;
          Ciphertext product = s.product(asked.get(head), keys.get(i / heads));
          Ciphertext sum = SlotSums.window(s, product, layout.features(), layout.spanShift(head));
          Ciphertext score = s.addPlain(sum, offsets, head);
          return s.product(score, score);
        });
  }

  /** Σ e²·v·w of the heads of one half. */
  private Ciphertext mixed(
      StepContext ctx, int half, List<Ciphertext> weights, List<List<Ciphertext>> values) {
    List<Ciphertext> left = new ArrayList<>();
    List<Ciphertext> right = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      int head = i % layout.heads();
      if (layout.inHalf(half, layout.segment(head))) {
        left.add(weights.get(i));
        right.add(values.get(head).get(i / layout.heads()));
      }
    }
    return ctx.sumOfProducts(left, right);
  }
}
