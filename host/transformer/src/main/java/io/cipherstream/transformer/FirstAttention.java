package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
            new SegmentScores(
                layout,
                merged == null ? null : merged.offsets(),
                AttentionScales.SCORE_LIMBS,
                scales.score(),
                source));
    output =
        new StateProduct(
            layout,
            half(),
            half(),
            List.of(outputPiece(merged)),
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

  private static RowPiece piece(MergedTransformer.@Nullable RowMap map, SlotRows rows) {
    return map == null
        ? new RowPiece(null, null, rows)
        : new RowPiece(map.matrix(), map.constant(), rows);
  }

  private List<RowPiece> queryPieces(MergedTransformer.@Nullable Attention merged) {
    return layout.queryRows().stream()
        .map(rows -> piece(merged == null ? null : merged.query(), rows))
        .toList();
  }

  /** Keys of all heads, then the values of each pair where its scores are known. */
  private List<RowPiece> keyAndValuePieces(MergedTransformer.@Nullable Attention merged) {
    List<RowPiece> pieces = new ArrayList<>();
    pieces.add(piece(merged == null ? null : merged.key(), SlotRows.real(layout::key)));
    for (int p = 0; p < layout.headPairs(); p++) {
      SlotRows rows = layout.ofHeads(p, head -> i -> value(head, i));
      pieces.add(piece(merged == null ? null : merged.value(), halved(rows)));
    }
    return pieces;
  }

  /** With the share that {@link #joined} doubles, also of a head alone if others are paired. */
  private SlotRows halved(SlotRows rows) {
    return layout.isPaired(0) ? new SlotRows(rows.real(), rows.imaginary(), 0.5) : rows;
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

  /**
   * What y takes of z, whose slots are z of the first half's heads + i·z of the second half's, each
   * where its values are: a − i·b, halved, whose product and its conjugate are y.
   */
  private RowPiece outputPiece(MergedTransformer.@Nullable Attention merged) {
    int width = layout.rows().width();
    SlotRows rows = new SlotRows(i -> i < width ? i : -1, i -> i < width ? width + i : -1, 0.5);
    if (merged == null) {
      return new RowPiece(null, null, rows);
    }
    double[][] out = new double[2 * width][half()];
    for (int j = 0; j < width; j++) {
      for (int i = 0; i < half(); i++) {
        out[j][i] = outputFactor(merged, j, layout.key(i));
        out[width + j][i] = -outputFactor(merged, j, layout.key(half() + i));
      }
    }
    return new RowPiece(out, null, rows);
  }

  private static double outputFactor(MergedTransformer.Attention merged, int row, int key) {
    return key < 0 ? 0 : merged.output()[row][key];
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
      Ciphertext ofMixed = s.plusConjugate(output.apply(s, List.of(all)).get(0));
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

  /**
   * z of what each row has met, in both halves of the row: that of the first half's heads + i·that
   * of the second half's. With a = Σ e²·v of the first, b of the second heads, v = ½·(v₁ + i·v₂),
   * it is (a + b) + the conjugate of (a − b).
   *
   * @param mixed a, and −b if there are second heads
   */
  private Ciphertext joined(StepContext ctx, List<Ciphertext> mixed) {
    try (StepContext s = ctx.open()) {
      Ciphertext first = mixed.get(0);
      Ciphertext z;
      if (mixed.size() == 1) {
        z = s.reduce(first);
      } else {
        Ciphertext second = mixed.get(1);
        List<Ciphertext> both =
            s.map(
                2,
                (piece, i) ->
                    piece.reduce(
                        i == 0 ? piece.subtract(first, second) : piece.add(first, second)));
        z = s.plus(both.get(0), s.conjugate(both.get(1)));
      }
      return s.keep(SlotSums.doubled(s, z, -half()));
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
