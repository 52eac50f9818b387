package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The first layer of an AA up to its residual y: every token asks every token. Six levels; {@link
 * AttentionLayout} says which rows meet, {@link DeepLayout} how a score is summed without a mask.
 */
final class FirstAttention {

  private final DeepLayout layout;
  private final AttentionScales scales;
  private final RowMaps queries;
  private final RowMaps keysAndValues;
  private final PeriodicPlaintexts offsets;
  private final StateProduct output;
  private final PeriodicPlaintexts residual;
  private final PeriodicPlaintexts constant;

  /**
   * @param merged null to trace shapes only
   * @param source of vectors with period F
   */
  FirstAttention(
      TransformerContext context,
      MergedTransformer.@Nullable Attention merged,
      PlainSource source) {
    this.layout = context.second().layout();
    this.scales = context.scales();
    int f = layout.features();
    queries = maps(queryPieces(merged), source);
    keysAndValues = maps(keyAndValuePieces(merged), source);
    offsets =
        source.encode(
            layout.heads(),
            h -> filled(f, merged == null ? 0 : merged.offsets()[h]),
            AttentionScales.SCORE_LIMBS,
            scales.score());
    output =
        new StateProduct(
            layout,
            f,
            List.of(new RowPiece(output(merged), null, this::feature)),
            false,
            AttentionScales.MIXED_LIMBS,
            scales.residualFactor(scales.mixed()),
            source);
    residual =
        source.encode(
            1,
            i -> padded(f, merged == null ? new double[0] : merged.residual()),
            AttentionScales.MIXED_LIMBS,
            scales.residualFactor(scales.input()));
    constant =
        source.encode(
            1,
            i -> padded(f, merged == null ? new double[0] : merged.constant()),
            AttentionScales.RESIDUAL_LIMBS,
            scales.second().input());
  }

  private RowMaps maps(List<RowPiece> pieces, PlainSource source) {
    return new RowMaps(
        layout,
        layout.rows().width(),
        pieces,
        false,
        AttentionScales.LIMBS,
        scales.prime(AttentionScales.LIMBS),
        scales.input(),
        source);
  }

  private int feature(int position) {
    return position < layout.rows().width() ? position : -1;
  }

  private static RowPiece piece(MergedTransformer.@Nullable RowMap map, IntUnaryOperator row) {
    return map == null
        ? new RowPiece(null, null, row)
        : new RowPiece(map.matrix(), map.constant(), row);
  }

  private List<RowPiece> queryPieces(MergedTransformer.@Nullable Attention merged) {
    return layout.queryRows().stream()
        .map(row -> piece(merged == null ? null : merged.query(), row))
        .toList();
  }

  /** Keys of all heads, then the values of each where its scores are known. */
  private List<RowPiece> keyAndValuePieces(MergedTransformer.@Nullable Attention merged) {
    List<RowPiece> pieces = new ArrayList<>();
    pieces.add(piece(merged == null ? null : merged.key(), layout::key));
    for (int h = 0; h < layout.heads(); h++) {
      int head = h;
      pieces.add(piece(merged == null ? null : merged.value(), i -> value(head, i)));
    }
    return pieces;
  }

  private int half() {
    return layout.features() / 2;
  }

  /** Row of the values of a head at a position in the first half of a row, or −1. */
  private int value(int head, int position) {
    int feature = position - layout.segment(head) % half();
    boolean own = feature >= 0 && feature < layout.scoreFeatures();
    return own ? head * layout.scoreFeatures() + feature : -1;
  }

  /** What y takes of z, whose heads lie where their keys do: [width][F]. */
  private double @Nullable [][] output(MergedTransformer.@Nullable Attention merged) {
    if (merged == null) {
      return null;
    }
    double[][] out = new double[merged.output().length][layout.features()];
    for (int j = 0; j < out.length; j++) {
      for (int i = 0; i < layout.features(); i++) {
        out[j][i] = layout.key(i) < 0 ? 0 : merged.output()[j][layout.key(i)];
      }
    }
    return out;
  }

  private static double[] filled(int length, double value) {
    double[] out = new double[length];
    Arrays.fill(out, value);
    return out;
  }

  private static double[] padded(int length, double[] values) {
    return Arrays.copyOf(values, length);
  }

  /**
   * What the layer finds.
   *
   * @param residual y of every token in every group
   * @param weights e² of every step, [step · heads + head], in the first half of each row
   */
  record Found(Ciphertext residual, List<Ciphertext> weights) {}

  /**
   * @param x rows for queries and the residual
   * @param shifted rows for keys and values
   * @param w weights of {@code shifted}
   */
  Found apply(
      StepContext ctx, AttentionLayout attention, Ciphertext x, Ciphertext shifted, Ciphertext w) {
    try (StepContext s = ctx.open()) {
      List<List<Ciphertext>> moved = moved(s, attention, shifted, w);
      List<Ciphertext> weights = weights(s, queries.apply(s, x), moved.get(0));
      Ciphertext z = mixed(s, weights, moved.subList(1, moved.size()));
      int group = attention.tokens() * layout.features();
      Ciphertext all = SlotSums.strided(s, z, group, attention.groups());
      Ciphertext ofMixed = output.apply(s, List.of(all)).get(0);
      Ciphertext ofRows =
          s.rescale(s.multiplyPlain(s.drop(x, AttentionScales.MIXED_LIMBS), residual, 0));
      Ciphertext y = s.addPlain(s.add(ofMixed, ofRows), constant, 0);
      return new Found(s.keep(y), s.keep(weights));
    }
  }

  /** Keys, then v·w of each head, each moved by 0, 1, … rows. */
  private List<List<Ciphertext>> moved(
      StepContext ctx, AttentionLayout attention, Ciphertext shifted, Ciphertext w) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = keysAndValues.apply(s, shifted);
      List<List<Ciphertext>> moved =
          s.mapAll(
              maps.size(),
              (piece, i) -> {
                Ciphertext first = maps.get(i);
                Ciphertext from =
                    i == 0
                        ? piece.drop(first, first.limbs())
                        : piece.product(piece.drop(first, w.limbs()), w);
                return moved(piece, from, attention.steps());
              });
      moved.forEach(s::keep);
      return moved;
    }
  }

  /** A ciphertext of this context and its moves by one row after another. */
  private List<Ciphertext> moved(StepContext ctx, Ciphertext first, int count) {
    List<Ciphertext> all = new ArrayList<>(List.of(first));
    while (all.size() < count) {
      all.add(ctx.rotate(all.get(all.size() - 1), layout.features()));
    }
    return all;
  }

  /** e² of every step and head. */
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

  /** z of what each row has met: heads of one half together, then both halves. */
  private Ciphertext mixed(
      StepContext ctx, List<Ciphertext> weights, List<List<Ciphertext>> values) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> halves =
          s.map(
              layout.heads() > 1 ? 2 : 1,
              (piece, half) -> {
                List<Ciphertext> left = new ArrayList<>();
                List<Ciphertext> right = new ArrayList<>();
                for (int i = 0; i < weights.size(); i++) {
                  int head = i % layout.heads();
                  if (layout.inHalf(half, layout.segment(head))) {
                    left.add(weights.get(i));
                    right.add(values.get(head).get(i / layout.heads()));
                  }
                }
                Ciphertext sum = piece.product(left, right);
                return half == 0 ? sum : piece.rotate(sum, -half());
              });
      return s.keep(s.sum(halves));
    }
  }

  /**
   * e²·w·w summed over what each row has met, with the limbs of answers: a sentinel's source.
   *
   * @param weights as found
   * @param w weights of the rows for keys and values
   * @param second weights of group 0
   */
  Ciphertext scores(
      StepContext ctx,
      AttentionLayout attention,
      List<Ciphertext> weights,
      Ciphertext w,
      Ciphertext second) {
    int limbs = AttentionScales.SENTINEL_LIMBS;
    try (StepContext s = ctx.open()) {
      List<Ciphertext> moved = moved(s, s.drop(w, limbs), attention.steps());
      List<Ciphertext> repeated =
          IntStream.range(0, weights.size()).mapToObj(i -> moved.get(i / layout.heads())).toList();
      Ciphertext met = s.product(s.dropAll(weights, limbs), repeated);
      int group = attention.tokens() * layout.features();
      Ciphertext all = SlotSums.strided(s, met, group, attention.groups());
      return s.keep(s.product(all, s.drop(second, all.limbs())));
    }
  }
}
