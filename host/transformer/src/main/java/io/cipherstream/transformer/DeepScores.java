package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
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
final class DeepScores implements AutoCloseable {

  private final DeepLayout layout;
  private final boolean asks;
  private final Owned owned = new Owned();
  private final PeriodicPlaintexts masks;
  private final PeriodicPlaintexts offsets;

  DeepScores(DeepContext context, @Nullable MergedLayers merged, PlainSource source) {
    this.layout = context.layout();
    this.asks = context.asks();
    DeepScales scales = context.scales();
    int heads = layout.heads();
    try {
      masks =
          owned.keep(
              source.encode(
                  asks ? 1 : heads, this::segment, DeepScales.SCORE_LIMBS + 1, scales.input()));
      offsets =
          owned.keep(
              source.encode(
                  heads,
                  h -> filled(merged == null ? 0 : merged.scores().offsets()[h]),
                  DeepScales.SCORE_LIMBS,
                  scales.score()));
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
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
   * e² of head h in half p of each row at h·halves + p; beyond its half a ciphertext holds rubbish.
   *
   * @param keys with one limb more than scores have; stays open
   * @param queries one a head, or none; stay open
   */
  List<Ciphertext> squares(StepContext ctx, Ciphertext keys, List<Ciphertext> queries) {
    try (Owned made = new Owned()) {
      List<Ciphertext> scores =
          made.keepAll(ctx.parallel().map(layout.heads(), h -> score(ctx, keys, queries, h)));
      int halves = layout.halves();
      return ctx.parallel()
          .map(layout.heads() * halves, i -> square(ctx, scores.get(i / halves), i % halves));
    }
  }

  private Ciphertext score(StepContext ctx, Ciphertext keys, List<Ciphertext> queries, int head) {
    CkksEvaluator evaluator = ctx.evaluator();
    try (Ciphertext product =
            asks
                ? ctx.reduce(evaluator.multiply(keys, queries.get(head)))
                : masked(evaluator, keys, head);
        Ciphertext sum = SlotSums.window(ctx, product, layout.features(), layout.spanShift(head))) {
      return evaluator.addPlain(sum, offsets, head);
    }
  }

  private Ciphertext masked(CkksEvaluator evaluator, Ciphertext keys, int head) {
    try (Ciphertext product =
        evaluator.sumOfPlainProducts(List.of(keys), masks, new int[] {head})) {
      return evaluator.rescale(product);
    }
  }

  private Ciphertext square(StepContext ctx, Ciphertext score, int half) {
    CkksEvaluator evaluator = ctx.evaluator();
    try (Ciphertext turned = ctx.rotate(score, -half * layout.features() / 2)) {
      return ctx.reduce(evaluator.multiply(turned, turned));
    }
  }

  long bytes() {
    return masks.bytes() + offsets.bytes();
  }

  @Override
  public void close() {
    owned.close();
  }
}
