package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.Sentinel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sentinels of a text, which are answered behind its outputs: mean squares over their bounds.
 * Each is what a sum over all slots makes of a product, so that a client sees nothing else of it.
 */
final class DeepSentinels {

  /**
   * The inputs of sentinels.
   *
   * @param hidden h²·w summed over all blocks and chunks, with the limbs of values
   * @param first e²·w·w of the first layer's heads, in the first half of each row, with the limbs
   *     of answers; null if it has no scores
   * @param scores the pair with ±e²·w of each head, with the limbs of sums over tokens, not yet
   *     summed
   * @param squared r²
   * @param middle {@link DeepTail.Powers#middle}
   */
  record Sources(
      Ciphertext hidden,
      @Nullable Ciphertext first,
      List<Ciphertext> scores,
      Ciphertext squared,
      @Nullable Ciphertext middle) {}

  private final DeepLayout layout;
  private final List<Sentinel> sentinels;
  private final int outputs;
  private final double rowFactor;
  private final List<PeriodicPlaintexts> factors;

  /**
   * @param first scale of {@link Sources#first}, 0 if there is none
   * @throws IllegalArgumentException for a sentinel of something that is not computed
   */
  DeepSentinels(DeepContext context, PlainSource whole, double first) {
    this.layout = context.layout();
    this.sentinels = context.sentinels();
    this.outputs = context.outputs();
    this.rowFactor = context.rowFactor();
    DeepScales scales = context.scales();
    factors =
        IntStream.range(0, sentinels.size())
            .mapToObj(
                i ->
                    whole.encodeComplex(
                        1,
                        one -> complex(i),
                        DeepScales.ANSWER_LIMBS,
                        scales.factor(
                            scale(scales, sentinels.get(i), first),
                            DeepScales.ANSWER_LIMBS,
                            scales.answer())))
            .toList();
  }

  private static double scale(DeepScales scales, Sentinel sentinel, double first) {
    if (sentinel.layer() == 0 && sentinel.quantity() == Quantity.PRE_ACTIVATION) {
      return scales.input();
    }
    if (first > 0 && sentinel.layer() == 0 && sentinel.quantity() == Quantity.SCORE) {
      return first;
    }
    if (sentinel.layer() == 1 && sentinel.quantity() == Quantity.SCORE) {
      return scales.mixed();
    }
    if (sentinel.layer() == 1
        && (sentinel.quantity() == Quantity.PRE_ACTIVATION
            || sentinel.quantity() == Quantity.RESIDUAL)) {
      return scales.squared();
    }
    if (scales.degree() > 2 && isMiddle(sentinel)) {
      return scales.power(scales.degree());
    }
    throw new IllegalArgumentException(
        "a sentinel for "
            + sentinel.quantity()
            + " of layer "
            + sentinel.layer()
            + ": expected pre-activations, scores or residual of the second layer, or of edges of a"
            + " degree above 2 their middle feature, pre-activations of the first, or its scores if"
            + " it has any");
  }

  private static boolean isMiddle(Sentinel sentinel) {
    return sentinel.layer() == 1 && sentinel.quantity() == Quantity.MIDDLE_FEATURE;
  }

  /**
   * The weights as real or imaginary parts. Where a source is the imaginary part b of a + i·b,
   * factors −i/2·w make it half a real one, w·(b − i·a)/2, and w/2 leave it half an imaginary one.
   */
  private double[] complex(int index) {
    double[] weights = factors(sentinels.get(index));
    int answer = outputs + index;
    if (!isPaired(sentinels.get(index))) {
      return PairedAnswers.at(answer, weights);
    }
    double share = PairedAnswers.isImaginary(answer) ? 0.5 : -0.5;
    return PairedAnswers.at(answer + 1, Arrays.stream(weights).map(w -> share * w).toArray());
  }

  /** Whether what a sentinel sees shares its slots with something else, as the imaginary part. */
  private boolean isPaired(Sentinel sentinel) {
    return sentinel.layer() == 1
        && sentinel.quantity() == Quantity.SCORE
        && layout.stateBlocks() % 2 == 0;
  }

  /** The weight of each slot, so that the sum of all slots is the mean square over its bound. */
  private double[] factors(Sentinel sentinel) {
    int width = layout.rows().width();
    int neurons = layout.outputs() - width;
    double[] slots = new double[layout.rows().slots()];
    if (sentinel.layer() == 0 && sentinel.quantity() == Quantity.SCORE) {
      int places = layout.heads() * layout.features() / 2;
      for (int s = 0; s < slots.length; s++) {
        slots[s] =
            s % layout.features() < layout.features() / 2 ? 1 / (places * sentinel.bound()) : 0;
      }
    } else if (sentinel.layer() == 0) {
      Arrays.fill(slots, 1 / (layout.neurons() * sentinel.bound()));
    } else if (sentinel.quantity() == Quantity.SCORE) {
      int places = layout.heads() * layout.features() / layout.halves();
      Arrays.fill(slots, 1 / (places * sentinel.bound()));
    } else {
      boolean residual = sentinel.quantity() == Quantity.RESIDUAL;
      double factor = isMiddle(sentinel) ? 1 : rowFactor;
      double[] row = new double[layout.outputs()];
      Arrays.fill(
          row,
          residual ? neurons : 0,
          residual ? row.length : neurons,
          1 / ((residual ? width : neurons) * sentinel.bound() * factor * factor));
      return layout.atTail(0, row);
    }
    return slots;
  }

  /** How many there are. */
  int count() {
    return sentinels.size();
  }

  /** What sums over all slots to a sentinel, as a real or imaginary part by its place. */
  Ciphertext term(StepContext ctx, Sources sources, int index) {
    Sentinel sentinel = sentinels.get(index);
    Ciphertext product = ctx.multiplyPlain(source(ctx, sources, sentinel), factors.get(index), 0);
    if (!isPaired(sentinel)) {
      return product;
    }
    return PairedAnswers.isImaginary(outputs + index)
        ? ctx.subtract(product, ctx.conjugate(product))
        : ctx.plusConjugate(product);
  }

  private Ciphertext source(StepContext ctx, Sources sources, Sentinel sentinel) {
    int limbs = DeepScales.ANSWER_LIMBS;
    if (sentinel.layer() == 0 && sentinel.quantity() == Quantity.SCORE) {
      return Objects.requireNonNull(sources.first());
    }
    if (sentinel.layer() == 0) {
      return ctx.drop(sources.hidden(), limbs);
    }
    if (isMiddle(sentinel)) {
      return Objects.requireNonNull(sources.middle());
    }
    if (sentinel.quantity() != Quantity.SCORE) {
      return ctx.drop(sources.squared(), limbs);
    }
    List<Ciphertext> heads = ctx.dropAll(sources.scores(), limbs);
    int pairs = layout.headPairs();
    Ciphertext first = ctx.sum(heads.subList(0, pairs));
    return pairs == heads.size()
        ? first
        : ctx.subtract(first, ctx.sum(heads.subList(pairs, heads.size())));
  }
}
