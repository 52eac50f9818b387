package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The encoded weights of an AA, the same for every number of tokens. Immutable. */
final class TransformerWeights implements SealedEncoding {

  private final TransformerContext context;
  private final FirstAttention attention;
  private final RowMaps tokens;
  private final RowMaps cls;
  private final PeriodicPlaintexts mask;
  private final StateScores stateScores;
  private final SecondLayer second;

  /**
   * Encodes.
   *
   * @param merged null to trace shapes only
   * @param source of vectors with period F; owns what is encoded
   */
  TransformerWeights(
      TransformerContext context, @Nullable MergedTransformer merged, PlainSource source) {
    this.context = context;
    DeepContext deep = context.second();
    DeepLayout layout = deep.layout();
    MergedLayers layers = merged == null ? null : merged.layers();
    attention = new FirstAttention(context, merged == null ? null : merged.attention(), source);
    List<RowPiece> ofTokens = new ArrayList<>(hidden(layout, layers));
    ofTokens.add(piece(layers, m -> m.scores().keys(), SlotRows.real(layout::key)));
    tokens = maps(ofTokens, false, source);
    List<RowPiece> ofCls = new ArrayList<>(hidden(layout, layers));
    for (SlotRows row : layout.queryRows()) {
      ofCls.add(piece(layers, m -> m.scores().queries(), row));
    }
    cls = maps(ofCls, true, source);
    int limbs = AttentionScales.RESIDUAL_LIMBS;
    mask =
        source
            .withPeriod(layout.rows().slots())
            .encode(1, i -> mask(layout), limbs, context.scales().prime(limbs));
    stateScores = new StateScores(deep, layers, layout.queryRows(), source);
    second = new SecondLayer(deep, layers, source, context.scales().firstScores());
  }

  private RowMaps maps(List<RowPiece> pieces, boolean alike, PlainSource source) {
    DeepScales scales = context.second().scales();
    DeepLayout layout = context.second().layout();
    return new RowMaps(
        layout,
        layout.rows().width(),
        pieces,
        alike,
        scales.top(),
        scales.matrix(),
        scales.input(),
        source);
  }

  private static List<RowPiece> hidden(DeepLayout layout, @Nullable MergedLayers layers) {
    return HiddenMaps.rows(layout).stream()
        .map(rows -> piece(layers, MergedLayers::hidden, rows))
        .toList();
  }

  /** A map of y alone, the middle of a window. */
  private static RowPiece piece(
      @Nullable MergedLayers layers,
      Function<MergedLayers, MergedEncoder.@Nullable Window> map,
      SlotRows rows) {
    MergedEncoder.Window window = layers == null ? null : map.apply(layers);
    return window == null
        ? new RowPiece(null, null, rows)
        : new RowPiece(window.offsets().get(WindowMixing.REACH), window.constant(), rows);
  }

  /** 1 in the row of [CLS] of group 0. */
  private static double[] mask(DeepLayout layout) {
    double[] slots = new double[layout.rows().slots()];
    int from = layout.rows().firstRow();
    Arrays.fill(slots, from, from + layout.rows().width(), 1);
    return slots;
  }

  FirstAttention attention() {
    return attention;
  }

  /** Of y: h of each pair of blocks and what is linear in the keys. */
  RowMaps tokens() {
    return tokens;
  }

  /**
   * Of the y of [CLS] in every row: h of each pair of blocks and what is linear in each pair's
   * query.
   */
  RowMaps cls() {
    return cls;
  }

  /** What leaves the row of [CLS] alone. */
  PeriodicPlaintexts mask() {
    return mask;
  }

  StateScores stateScores() {
    return stateScores;
  }

  SecondLayer second() {
    return second;
  }

  DeepLayout layout() {
    return context.second().layout();
  }

  /** Whether a sentinel sees the first layer's scores. */
  boolean watchesFirstScores() {
    return context.second().sentinels().stream()
        .anyMatch(s -> s.layer() == 0 && s.quantity() == Quantity.SCORE);
  }

  @Override
  public StepProgram start() {
    return new TransformerProgram(this, context.attention());
  }

  @Override
  public StepProgram start(PlanContext own, RandomGenerator random) {
    return new TransformerProgram(this, ((TransformerContext) own).attention());
  }
}
