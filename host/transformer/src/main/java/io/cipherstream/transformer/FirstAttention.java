package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
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
  private final RowMeetings meetings;
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
    meetings =
        new RowMeetings(
            layout,
            source.encode(
                layout.heads(),
                h -> filled(f, merged == null ? 0 : merged.offsets()[h]),
                AttentionScales.SCORE_LIMBS,
                scales.score()));
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
   * @param scores Σ e²·w·w with the limbs of answers, a sentinel's source; null if none was asked
   *     for
   */
  record Found(Ciphertext residual, @Nullable Ciphertext scores) {}

  /**
   * @param x rows for queries and the residual
   * @param shifted rows for keys and values
   * @param w weights of {@code shifted}
   * @param second weights of group 0, for the scores that a sentinel sees; null without one
   */
  Found apply(
      StepContext ctx,
      AttentionLayout attention,
      Ciphertext x,
      Ciphertext shifted,
      Ciphertext w,
      @Nullable Ciphertext second) {
    try (StepContext s = ctx.open()) {
      RowMeetings.Sums met =
          meetings.sums(
              s, attention.steps(), queries.apply(s, x), rows(s, shifted, w, second != null));
      Ciphertext all = everywhere(s, attention, joined(s, met.mixed()));
      Ciphertext ofMixed = output.apply(s, List.of(all)).get(0);
      Ciphertext ofRows =
          s.rescale(s.multiplyPlain(s.drop(x, AttentionScales.MIXED_LIMBS), residual, 0));
      Ciphertext y = s.addPlain(s.add(ofMixed, ofRows), constant, 0);
      Ciphertext seen = met.scores();
      Ciphertext scores =
          seen == null || second == null ? null : s.keep(scores(s, attention, seen, second));
      return new Found(s.keep(y), scores);
    }
  }

  /** Keys, then v·w of each head, then w with the limbs of answers if a sentinel wants it. */
  private List<Ciphertext> rows(
      StepContext ctx, Ciphertext shifted, Ciphertext w, boolean watched) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> maps = keysAndValues.apply(s, shifted);
      List<Ciphertext> rows =
          new ArrayList<>(
              s.map(
                  maps.size(),
                  (piece, i) -> {
                    Ciphertext map = maps.get(i);
                    return i == 0
                        ? piece.drop(map, map.limbs())
                        : piece.product(piece.drop(map, w.limbs()), w);
                  }));
      if (watched) {
        rows.add(s.drop(w, AttentionScales.SENTINEL_LIMBS));
      }
      return s.keep(rows);
    }
  }

  /** z of what each row has met: both halves, each where its heads are. */
  private Ciphertext joined(StepContext ctx, List<Ciphertext> mixed) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> halves =
          s.map(
              mixed.size(),
              (piece, half) -> {
                Ciphertext sum = piece.reduce(mixed.get(half));
                return half == 0 ? sum : piece.rotate(sum, -half());
              });
      return s.keep(s.sum(halves));
    }
  }

  /** The sum over what all groups have met, in every group. */
  private Ciphertext everywhere(StepContext ctx, AttentionLayout attention, Ciphertext met) {
    int group = attention.tokens() * layout.features();
    return SlotSums.strided(ctx, met, group, attention.groups());
  }

  private Ciphertext scores(
      StepContext ctx, AttentionLayout attention, Ciphertext met, Ciphertext second) {
    try (StepContext s = ctx.open()) {
      Ciphertext all = everywhere(s, attention, s.reduce(met));
      return s.keep(s.product(all, s.drop(second, all.limbs())));
    }
  }
}
