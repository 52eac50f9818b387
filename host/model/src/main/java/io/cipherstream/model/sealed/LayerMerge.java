package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.NormLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Merges the matrices of a CP, CS or CA, or of an AA behind its first attention;
 * host/model/SEALED.md derives them. With E the map from u_t = (g_t, y_t, 1) to the first layer's
 * output, V and O value and output of the attention, and B₂, γ₂, β₂ the second layer's network and
 * its norm:
 *
 * <pre>
 *   rows = [A₂; I]·diag(γ)          what r takes of the second layer's residual before its norm
 *   own = rows·E                    heads_h = rows·O[:, h]·(V[h, :]·E + b_V[h])
 * </pre>
 */
final class LayerMerge {

  private final SealedEncoder encoder;
  private final WindowRows hidden;
  private final WindowRows residual;
  private final FeedForward first;
  private final FeedForward second;
  private final Mixing mixing;
  private final NormLayer norm;
  private final boolean edges;

  /** Of all rows of r: where edges take u = h/{@link EdgeFeatures#LIMIT}, that is in r. */
  private final double scale;

  /** E, [width][{@link #hiddenColumns} + width + 1]. */
  private final Balls state;

  LayerMerge(SealedEncoder encoder) {
    if (!MergedLayers.covers(encoder.spec()) && !MergedTransformer.covers(encoder.spec())) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "spec " + encoder.spec() + " has no such merged form: expected CP, CS, CA or AA");
    }
    this.encoder = encoder;
    SealedLayer layer = encoder.layers().get(0);
    this.first = Objects.requireNonNull(layer.feedForward());
    this.second = Objects.requireNonNull(encoder.layers().get(1).feedForward());
    this.mixing = encoder.layers().get(1).mixing();
    this.norm = encoder.layers().get(1).norm();
    this.edges = encoder.spec().hasEdges();
    this.scale = edges ? 1 / EdgeFeatures.LIMIT : 1;
    this.residual =
        layer.mixing() instanceof WindowMixing window
            ? WindowMerge.residual(
                window, Balls.row(layer.norm().gamma()), Balls.row(layer.norm().beta()))
            : itself(encoder.shape().width());
    this.hidden = WindowMerge.dense(residual, first.intermediate());
    this.state = state();
  }

  MergedLayers merged() {
    Balls rows = scaled(before()).scaledColumns(Balls.row(norm.gamma()));
    Balls own = rows.times(state);
    int inputs = state.columns() - 1;
    Balls classes = WindowMerge.outputs(encoder).scaledColumns(Balls.row(second.norm().gamma()));
    FeedForwardMaps network = FeedForwardMaps.of(second, classes, 1);
    return new MergedLayers(
        MergedEncoder.Window.of(hidden),
        MergedEncoder.Window.of(residual),
        factors(NeuronQuadratics::square),
        factors(NeuronQuadratics::linear),
        scores(),
        heads(rows),
        own.columns(0, inputs).middles(),
        constant(rows, own.columns(inputs, inputs + 1)),
        second.intermediate().outputs(),
        network.squares().middles(),
        Balls.stacked(
                network.linears().turned(),
                classes
                    .scaledColumns(FeedForwardMaps.filled(classes.columns(), 1 / scale))
                    .turned())
            .turned()
            .middles(),
        network.higher().stream().map(Balls::middles).toList(),
        constants(network.constant()));
  }

  /** Factors of h² or h: the neurons' own; of edges 1, since E has a column for each. */
  private double[] factors(Function<NeuronQuadratics, float[]> of) {
    if (first.functions() instanceof NeuronQuadratics quadratics) {
      return doubles(of.apply(quadratics));
    }
    return FeedForwardMaps.filled(neurons(), 1).middles()[0];
  }

  private int neurons() {
    return first.intermediate().outputs();
  }

  /** Columns of E before those of y: g, or of edges h² and h. */
  private int hiddenColumns() {
    return edges ? 2 * neurons() : neurons();
  }

  /** E: out = γ∘(y + B·g(h) + b) + β, of columns g without its constant, or h² and h; y; 1. */
  private Balls state() {
    Balls gamma = Balls.row(first.norm().gamma());
    Balls scaled = identity().scaledColumns(gamma);
    Balls beta = Balls.row(first.norm().beta());
    if (first.functions() instanceof NeuronQuadratics quadratics) {
      Balls output = Balls.weight(first.output()).scaledRows(gamma).turned();
      Balls constant =
          FeedForwardMaps.filled(neurons(), quadratics.constant())
              .times(output)
              .plus(Balls.row(first.output().bias()).scaledColumns(gamma))
              .plus(beta);
      return Balls.stacked(output, scaled, constant).turned();
    }
    FeedForwardMaps maps = FeedForwardMaps.of(first, scaled, EdgeFeatures.LIMIT);
    return Balls.stacked(
            maps.squares().turned(), maps.linears().turned(), scaled, maps.constant().plus(beta))
        .turned();
  }

  private Balls identity() {
    return identity(encoder.shape().width());
  }

  private static Balls identity(int width) {
    double[][] one = new double[width][width];
    for (int j = 0; j < one.length; j++) {
      one[j][j] = 1;
    }
    return Balls.exact(one);
  }

  /** y as a window of y. */
  private static WindowRows itself(int width) {
    List<Balls> offsets =
        new ArrayList<>(Collections.nCopies(WindowMixing.OFFSETS, Balls.zero(width, width)));
    offsets.set(WindowMixing.REACH, identity(width));
    return new WindowRows(offsets, Balls.zero(width, width), Balls.zero(1, width));
  }

  private List<double[][]> heads(Balls rows) {
    DenseLayer value =
        mixing instanceof PooledAttention p ? p.value() : ((SelfAttention) mixing).value();
    Balls mixed = rows.times(Balls.weight(output()));
    Balls values = of(value);
    int d = encoder.shape().headWidth();
    return IntStream.range(0, encoder.shape().heads())
        .mapToObj(
            h -> mixed.columns(h * d, (h + 1) * d).times(values.rows(h * d, (h + 1) * d)).middles())
        .toList();
  }

  private DenseLayer output() {
    return mixing instanceof PooledAttention p ? p.output() : ((SelfAttention) mixing).output();
  }

  /** A dense layer behind E, its bias in the last column. */
  private Balls of(DenseLayer layer) {
    Balls map = Balls.weight(layer).times(state);
    int last = map.columns() - 1;
    Balls bias = map.columns(last, last + 1).plus(Balls.row(layer.bias()).turned());
    return Balls.stacked(map.columns(0, last).turned(), bias.turned()).turned();
  }

  private double[] constant(Balls rows, Balls own) {
    int width = encoder.shape().width();
    Balls bias = Balls.row(output().bias()).times(rows.turned());
    Balls beta = Balls.row(norm.beta()).times(scaled(before()).turned());
    Balls activation =
        scaled(
                Balls.stacked(
                    Balls.row(second.intermediate().bias()).turned(), Balls.zero(width, 1)))
            .turned();
    return own.turned().plus(bias).plus(beta).plus(activation).middles()[0];
  }

  /** [A₂; I], of which r is made. */
  private Balls before() {
    return Balls.stacked(Balls.weight(second.intermediate()), identity());
  }

  private Balls scaled(Balls rows) {
    return edges ? rows.scaledRows(FeedForwardMaps.filled(rows.rows(), scale)) : rows;
  }

  private double[] constants(Balls network) {
    return network
        .plus(Balls.row(second.norm().beta()).times(WindowMerge.outputs(encoder).turned()))
        .plus(WindowMerge.biases(encoder))
        .middles()[0];
  }

  private MergedLayers.Scores scores() {
    if (mixing instanceof PooledAttention pooled) {
      MergedEncoder.Window keys =
          MergedEncoder.Window.of(WindowMerge.dense(residual, pooled.score()));
      return new MergedLayers.Scores(keys, null, null, null, new double[encoder.shape().heads()]);
    }
    SelfAttention attention = (SelfAttention) mixing;
    double[] offsets = doubles(attention.offset());
    if (encoder.spec().second() == LayerLetter.S) {
      WindowRows keys = WindowMerge.dense(residual, attention.key());
      WindowRows queries = scaled(WindowMerge.dense(residual, attention.query()), attention);
      return new MergedLayers.Scores(
          MergedEncoder.Window.of(keys), null, MergedEncoder.Window.of(queries), null, offsets);
    }
    Balls factors = factors(attention);
    Balls query = of(attention.query()).scaledRows(factors);
    Balls key = of(attention.key());
    return new MergedLayers.Scores(
        MergedEncoder.Window.of(linear(key)),
        squares(key),
        MergedEncoder.Window.of(linear(query)),
        squares(query),
        offsets);
  }

  /** What a map of u_t takes of X_t directly. */
  private WindowRows linear(Balls map) {
    int columns = hiddenColumns();
    int width = encoder.shape().width();
    Balls ofHidden =
        map.columns(columns - neurons(), columns)
            .scaledColumns(Balls.exact(new double[][] {factors(NeuronQuadratics::linear)}));
    return hidden
        .under(ofHidden)
        .plus(residual.under(map.columns(columns, columns + width)))
        .plus(map.columns(columns + width, columns + width + 1).turned());
  }

  private double[][] squares(Balls map) {
    return map.columns(0, neurons())
        .scaledColumns(Balls.exact(new double[][] {factors(NeuronQuadratics::square)}))
        .middles();
  }

  private WindowRows scaled(WindowRows rows, SelfAttention attention) {
    Balls factors = factors(attention);
    List<Balls> offsets = new ArrayList<>();
    rows.offsets().forEach(map -> offsets.add(map.scaledRows(factors)));
    return new WindowRows(
        offsets, rows.mean().scaledRows(factors), rows.constant().scaledColumns(factors));
  }

  private Balls factors(SelfAttention attention) {
    return factors(attention, encoder.shape().headWidth());
  }

  /** scale/√d of the head that each row belongs to. */
  static Balls factors(SelfAttention attention, int d) {
    double[] row = new double[attention.query().outputs()];
    for (int i = 0; i < row.length; i++) {
      row[i] = attention.scale()[i / d] / Math.sqrt(d);
    }
    return Balls.exact(new double[][] {row});
  }

  static double[] doubles(float[] values) {
    return Balls.row(values).middles()[0];
  }
}
