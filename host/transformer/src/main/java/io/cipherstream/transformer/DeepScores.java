package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * e² of every token and head ({@link SegmentScores}), of a pair's second head −e². Without queries
 * a mask takes the score out of the keys.
 */
final class DeepScores {

  private final DeepLayout layout;
  private final boolean asks;
  private final @Nullable PeriodicPlaintexts masks;
  private final SegmentScores scores;

  DeepScores(DeepContext context, @Nullable MergedLayers merged, PlainSource source) {
    this.layout = context.layout();
    this.asks = context.asks();
    DeepScales scales = context.scales();
    masks =
        asks
            ? null
            : source.encode(layout.heads(), this::segment, scales.scoreLimbs() + 1, scales.input());
    scores =
        new SegmentScores(
            layout,
            merged == null ? null : merged.scores().offsets(),
            scales.scoreLimbs(),
            scales.score(),
            source);
  }

  private double[] segment(int head) {
    double[] out = new double[layout.features()];
    for (int i = 0; i < layout.scoreFeatures(); i++) {
      out[layout.segment(head) + i] = 1;
    }
    return out;
  }

  /**
   * ±e² of head h in half p of each row at h·halves + p; beyond its half a ciphertext has
   * meaningless values.
   *
   * @param keys with one limb more than scores have
   * @param queries one a pair of heads, or none
   */
  List<Ciphertext> squares(StepContext ctx, Ciphertext keys, List<Ciphertext> queries) {
    int halves = layout.halves();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> found =
          byHead(s.mapAll(layout.headPairs(), (piece, p) -> pair(piece, keys, queries, p)));
      return s.keep(
          s.map(
              layout.heads() * halves,
              (piece, i) -> {
                int step = -(i % halves) * layout.features() / 2;
                Ciphertext turned =
                    step == 0 ? found.get(i / halves) : piece.rotate(found.get(i / halves), step);
                return piece.product(turned, turned);
              }));
    }
  }

  private List<Ciphertext> pair(
      StepContext ctx, Ciphertext keys, List<Ciphertext> queries, int pair) {
    PeriodicPlaintexts mask = masks;
    return mask == null
        ? scores.ofPair(ctx, keys, queries.get(pair), pair)
        : List.of(scores.ofHead(ctx, ctx.rescale(ctx.multiplyPlain(keys, mask, pair)), pair));
  }

  /** First heads of all pairs, then second ones. */
  static List<Ciphertext> byHead(List<List<Ciphertext>> pairs) {
    List<Ciphertext> heads = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      for (List<Ciphertext> pair : pairs) {
        if (part < pair.size()) {
          heads.add(pair.get(part));
        }
      }
    }
    return heads;
  }
}
