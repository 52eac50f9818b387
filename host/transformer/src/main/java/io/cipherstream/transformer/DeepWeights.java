package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a CP, CS or CA, step by step. Immutable; any number of threads may read it
 * at once.
 */
final class DeepWeights implements SealedEncoding {

  private final DeepContext context;
  private final PairedWindow window;
  private final @Nullable QueryProduct queries;
  private final @Nullable StateScores stateScores;
  private final SecondLayer second;

  private DeepWeights(DeepContext context, @Nullable MergedLayers merged, PlainSource source) {
    this.context = context;
    PlainSource whole = source.withPeriod(context.layout().rows().slots());
    DeepScales scales = context.scales();
    window =
        new PairedWindow(
            context.layout().rows(),
            context.layout().babySteps(),
            window(context.layout(), merged),
            source,
            scales.top(),
            scales.matrix(),
            scales.input() * scales.matrix());
    queries =
        context.asks() ? new QueryProduct(context, queries(context, merged), source, whole) : null;
    stateScores =
        context.asksState()
            ? new StateScores(context, merged, context.layout().queryRows(), source)
            : null;
    second = new SecondLayer(context, merged, source, 0);
  }

  /**
   * Encodes.
   *
   * @param merged null to trace shapes only
   * @param source of vectors with period F; owns what is encoded
   */
  static DeepWeights encode(
      DeepContext context, @Nullable MergedLayers merged, PlainSource source) {
    return new DeepWeights(context, merged, source);
  }

  /** Level 1: h, one piece per block of neurons, y, and the keys. */
  private static List<WindowPiece> window(DeepLayout layout, @Nullable MergedLayers merged) {
    List<WindowPiece> pieces = new ArrayList<>(hidden(layout, merged));
    int width = layout.rows().width();
    pieces.add(piece(merged, MergedLayers::residual, SlotRows.real(i -> i < width ? i : -1)));
    pieces.add(piece(merged, m -> m.scores().keys(), SlotRows.real(layout::key)));
    return pieces;
  }

  private static List<WindowPiece> hidden(DeepLayout layout, @Nullable MergedLayers merged) {
    return layout.hiddenRows().stream()
        .map(rows -> piece(merged, MergedLayers::hidden, rows))
        .toList();
  }

  /** What is linear in [CLS]' window: where queries are of the state h, then each pair's query. */
  private static List<WindowPiece> queries(DeepContext context, @Nullable MergedLayers merged) {
    List<WindowPiece> pieces = new ArrayList<>();
    if (context.asksState()) {
      pieces.addAll(hidden(context.layout(), merged));
    }
    for (SlotRows rows : context.layout().queryRows()) {
      pieces.add(piece(merged, m -> Objects.requireNonNull(m.scores().queries()), rows));
    }
    return pieces;
  }

  private static WindowPiece piece(
      @Nullable MergedLayers merged,
      Function<MergedLayers, MergedEncoder.Window> rows,
      SlotRows of) {
    return new WindowPiece(merged == null ? null : rows.apply(merged), of);
  }

  DeepContext context() {
    return context;
  }

  PairedWindow window() {
    return window;
  }

  /** Null without queries. */
  @Nullable QueryProduct queries() {
    return queries;
  }

  /** Null where keys and queries are linear in the text. */
  @Nullable StateScores stateScores() {
    return stateScores;
  }

  SecondLayer second() {
    return second;
  }

  @Override
  public StepProgram start() {
    return new DeepProgram(this);
  }
}
