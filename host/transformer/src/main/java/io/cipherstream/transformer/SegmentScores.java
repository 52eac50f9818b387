package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores e of keys and queries, summed over each head's segment ({@link DeepLayout}), with the
 * head's offset.
 *
 * <p>The two heads of a pair share a query: ½·(q₁ + i·q₂). Its products with the keys are summed
 * over half a row at once; then half = ½·(a + i·b) + its conjugate is a, half − its conjugate i·b,
 * and one rotation each makes the sums whole. So the second head's score is i·e, and its square
 * −e²: {@link DeepLayout#sign}.
 */
final class SegmentScores {

  private final DeepLayout layout;
  private final PeriodicPlaintexts offsets;

  /**
   * @param offsets one a head; null to trace shapes only
   * @param limbs of scores
   * @param scale of them
   */
  SegmentScores(
      DeepLayout layout, double @Nullable [] offsets, int limbs, double scale, PlainSource source) {
    this.layout = layout;
    this.offsets =
        source.encodeComplex(
            layout.heads(), h -> filled(h, offsets == null ? 0 : offsets[h]), limbs, scale);
  }

  private double[] filled(int head, double value) {
    int real = layout.sign(head) > 0 ? head : -1;
    return new SlotRows(i -> real, i -> real < 0 ? head : -1, 1)
        .values(layout.features(), (row, position) -> value);
  }

  /**
   * The scores of the heads of a pair: e of the first, i·e of the second one if there is one.
   *
   * @param keys with one limb more than scores have
   */
  List<Ciphertext> ofPair(StepContext ctx, Ciphertext keys, Ciphertext query, int pair) {
    try (StepContext s = ctx.open()) {
      Ciphertext product = s.product(keys, query);
      if (!layout.isPaired(pair)) {
        return s.keep(List.of(ofHead(s, product, pair)));
      }
      int half = layout.features() / 2;
      List<Ciphertext> parts = s.apart(SlotSums.window(s, product, half, 0));
      Ciphertext first = SlotSums.doubled(s, parts.get(0), -half);
      Ciphertext second = SlotSums.doubled(s, parts.get(1), half);
      return s.keep(
          List.of(
              s.addPlain(first, offsets, pair),
              s.addPlain(second, offsets, pair + layout.headPairs())));
    }
  }

  /** The score of one head from what is to be summed. */
  Ciphertext ofHead(StepContext ctx, Ciphertext products, int head) {
    Ciphertext sum = SlotSums.window(ctx, products, layout.features(), layout.spanShift(head));
    return ctx.addPlain(sum, offsets, head);
  }
}
