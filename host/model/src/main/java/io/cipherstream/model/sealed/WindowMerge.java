package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrices of a CQ or CT merged into those of its levels; host/model/SEALED.md derives them.
 * With y = Y·X the first layer's residual, X the window of a token:
 *
 * <pre>
 *   h = A·y + a        e = S·y + s        out = γ₂∘(y + B·g(h) + b) + β₂
 *   β_jh = (R_j∘γ)·O[:, h]·V[h, :]        what head h adds to output j: e_h²·(β_jh·out + …)
 * </pre>
 *
 * Edges in place of neurons' activations give other factors of h∘h and h, and nothing else.
 *
 * @param hidden h, one row a neuron
 * @param scores e, one row a head; none of a CT, whose β_j is R_j
 * @param values what is linear in X: of head h and output j in row j·(heads + 1) + h; behind an
 *     output's heads the row of [CLS]' own term
 * @param squares the factors of h∘h, [rows of values][ffnWidth]
 * @param constants of the outputs, [1][outputs]
 */
record WindowMerge(
    WindowRows hidden, WindowRows scores, WindowRows values, Balls squares, Balls constants) {

  /** Whether a spec has this form. */
  static boolean covers(SealedSpec spec) {
    return spec.first() == LayerLetter.C
        && (spec.second() == LayerLetter.Q || spec.second() == LayerLetter.T);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED for another spec than CQ and CT
   */
  static WindowMerge of(SealedEncoder encoder) {
    SealedLayer first = encoder.layers().get(0);
    FeedForward network = first.feedForward();
    if (network == null
        || !(first.mixing() instanceof WindowMixing window)
        || !covers(encoder.spec())) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "spec " + encoder.spec() + " has no merged form of four levels: expected CQ or CT");
    }
    WindowRows y =
        residual(window, Balls.row(first.norm().gamma()), Balls.row(first.norm().beta()));
    Balls outputs = outputs(encoder);
    if (encoder.spec().words()) {
      WindowRows none =
          new WindowRows(
              y.offsets().stream().map(o -> o.rows(0, 0)).toList(),
              y.mean().rows(0, 0),
              Balls.zero(1, 0));
      return merged(network, y, none, outputs, Balls.zero(1, outputs.rows()), biases(encoder));
    }
    SealedLayer second = encoder.layers().get(1);
    PooledAttention pooled = (PooledAttention) second.mixing();
    int heads = encoder.shape().heads();
    Balls gamma = Balls.row(second.norm().gamma());
    Balls bias = Balls.row(pooled.output().bias()).scaledColumns(gamma);
    return merged(
        network,
        y,
        dense(y, pooled.score()),
        values(outputs.scaledColumns(gamma), pooled, heads),
        valueBias(outputs.scaledColumns(gamma), pooled, heads),
        bias.plus(Balls.row(second.norm().beta())).times(outputs.turned()).plus(biases(encoder)));
  }

  /**
   * @param beta what each row of the values takes of the first layer's output
   * @param bias of those rows, [1][rows]
   */
  private static WindowMerge merged(
      FeedForward network,
      WindowRows y,
      WindowRows scores,
      Balls beta,
      Balls bias,
      Balls constants) {
    WindowRows hidden = dense(y, network.intermediate());
    Balls scaled = beta.scaledColumns(Balls.row(network.norm().gamma()));
    FeedForwardMaps maps = FeedForwardMaps.of(network, scaled, EdgeFeatures.LIMIT);
    Balls norm = Balls.row(network.norm().beta());
    Balls constant = maps.constant().plus(norm.times(beta.turned())).plus(bias);
    WindowRows values = y.under(scaled).plus(hidden.under(maps.linears())).plus(constant);
    return new WindowMerge(hidden, scores, values, maps.squares(), constants);
  }

  /** y = Y·X: the first layer's residual after its norm. */
  static WindowRows residual(WindowMixing window, Balls gamma, Balls beta) {
    int width = gamma.columns();
    double[][] one = new double[width][width];
    for (int j = 0; j < width; j++) {
      one[j][j] = 1;
    }
    List<Balls> offsets = new ArrayList<>();
    for (int o = 0; o < WindowMixing.OFFSETS; o++) {
      Balls map = Balls.weight(window.offsets().get(o));
      offsets.add((o == WindowMixing.REACH ? map.plus(Balls.exact(one)) : map).scaledRows(gamma));
    }
    return new WindowRows(
        offsets,
        Balls.weight(window.mean()).scaledRows(gamma),
        Balls.row(window.mean().bias()).scaledColumns(gamma).plus(beta));
  }

  /** A dense layer behind rows. */
  static WindowRows dense(WindowRows y, DenseLayer layer) {
    return y.under(Balls.weight(layer)).plus(Balls.row(layer.bias()));
  }

  /** R: a row an output; of two classes the second's logit less the first's. */
  static Balls outputs(SealedEncoder encoder) {
    Balls all = Balls.weight(encoder.classifier());
    return MergedEncoder.differs(encoder.shape()) ? all.rows(1, 2).minus(all.rows(0, 1)) : all;
  }

  /** The biases of R, [1][outputs]. */
  static Balls biases(SealedEncoder encoder) {
    Balls all = Balls.row(encoder.classifier().bias());
    return MergedEncoder.differs(encoder.shape())
        ? all.columns(1, 2).minus(all.columns(0, 1))
        : all;
  }

  /** β: of each output a row a head, and R∘γ itself for [CLS]' own term. */
  private static Balls values(Balls outputs, PooledAttention pooled, int heads) {
    Balls o = Balls.weight(pooled.output());
    Balls v = Balls.weight(pooled.value());
    int d = v.rows() / heads;
    List<Balls> rows = new ArrayList<>();
    for (int j = 0; j < outputs.rows(); j++) {
      Balls row = outputs.rows(j, j + 1);
      for (int h = 0; h < heads; h++) {
        rows.add(row.times(o.columns(h * d, (h + 1) * d)).times(v.rows(h * d, (h + 1) * d)));
      }
      rows.add(row);
    }
    return Balls.stacked(rows.toArray(Balls[]::new));
  }

  /** What the bias of V adds to each row of the values, [1][rows]. */
  private static Balls valueBias(Balls outputs, PooledAttention pooled, int heads) {
    Balls o = Balls.weight(pooled.output());
    Balls bias = Balls.row(pooled.value().bias()).turned();
    int d = bias.rows() / heads;
    List<Balls> rows = new ArrayList<>();
    for (int j = 0; j < outputs.rows(); j++) {
      Balls row = outputs.rows(j, j + 1);
      for (int h = 0; h < heads; h++) {
        rows.add(row.times(o.columns(h * d, (h + 1) * d)).times(bias.rows(h * d, (h + 1) * d)));
      }
      rows.add(Balls.zero(1, 1));
    }
    return Balls.stacked(rows.toArray(Balls[]::new)).turned();
  }
}
