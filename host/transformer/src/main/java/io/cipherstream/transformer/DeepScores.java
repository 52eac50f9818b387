package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * e² of every token and head: the products of its key and the query, summed over the head's segment
 * ({@link DeepLayout}), with the head's offset, squared. Without queries a mask takes the score out
 * of the keys.
 */
final class DeepScores {

  private final DeepLayout layout;
  private final boolean asks;
  private final PeriodicPlaintexts masks;
  private final PeriodicPlaintexts offsets;

  DeepScores(DeepContext context, @Nullable MergedLayers merged, PlainSource source) {
    this.layout = context.layout();
    this.asks = context.asks();
    DeepScales scales = context.scales();
    int heads = layout.heads();
    masks =
        source.encode(asks ? 1 : heads, this::segment, DeepScales.SCORE_LIMBS + 1, scales.input());
    offsets =
        source.encode(
            heads,
            h -> filled(merged == null ? 0 : merged.scores().offsets()[h]),
            DeepScales.SCORE_LIMBS,
            scales.score());
  }

  private double[] segment(int head) {
    double[] out = new double[layout.features()];
    for (int i = 0; i < layout.scoreFeatures(); i++) {
      out[layout.segment(head) + i] = 1;
    }
    return out;
  }

  private double[] filled(double value) {
    double[] out = new double[layout.features()];
    Arrays.fill(out, value);
    return out;
  }

  /**
   * e² of head h in half p of each row at h·halves + p; beyond its half a ciphertext has
   * meaningless values.
   *
   * @param keys with one limb more than scores have
   * @param queries one per head, or none
   */
  List<Ciphertext> squares(StepContext ctx, Ciphertext keys, List<Ciphertext> queries) {
    int halves = layout.halves();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> scores = s.map(layout.heads(), (piece, h) -> score(piece, keys, queries, h));
      return s.keep(
          s.map(
              layout.heads() * halves,
              (piece, i) -> {
                int step = -(i % halves) * layout.features() / 2;
                Ciphertext turned = piece.rotate(scores.get(i / halves), step);
                return piece.product(turned, turned);
              }));
    }
  }

  private Ciphertext score(StepContext ctx, Ciphertext keys, List<Ciphertext> queries, int head) {
    Ciphertext product =
        asks
            ? ctx.product(keys, queries.get(head))
            : ctx.rescale(ctx.multiplyPlain(keys, masks, head));
    Ciphertext sum = SlotSums.window(ctx, product, layout.features(), layout.spanShift(head));
    return ctx.addPlain(sum, offsets, head);
  }
}
