package io.cipherstream.model.sealed;

import io.cipherstream.polynomial.ProductBasis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What rows take of B·g(h) + b, as maps of x², x and 1, x being h or a multiple of it, and of edges
 * of a degree d above 2 also of B₃ … B_d of u = h/{@link EdgeFeatures#LIMIT}.
 *
 * @param squares of x², [rows][neurons]
 * @param linears of x, [rows][neurons]
 * @param higher of B₃(u) …, [rows][neurons] each
 * @param constant [1][rows]
 */
record FeedForwardMaps(Balls squares, Balls linears, List<Balls> higher, Balls constant) {

  /**
   * Rows behind a network.
   *
   * @param rows [rows][width]
   * @param limit of edges x/u: {@link EdgeFeatures#LIMIT} where x is h, 1 where it is u; of neurons
   *     x is h
   */
  static FeedForwardMaps of(FeedForward network, Balls rows, double limit) {
    Balls bias = Balls.row(network.output().bias()).times(rows.turned());
    if (network.functions() instanceof NeuronQuadratics quadratics) {
      Balls kappa = rows.times(Balls.weight(network.output()));
      return new FeedForwardMaps(
          kappa.scaledColumns(Balls.row(quadratics.square())),
          kappa.scaledColumns(Balls.row(quadratics.linear())),
          List.of(),
          filled(kappa.columns(), quadratics.constant()).times(kappa.turned()).plus(bias));
    }
    List<Balls> basis = basis(network, rows);
    int neurons = network.intermediate().outputs();
    return new FeedForwardMaps(
        basis.get(2).scaledColumns(filled(neurons, 2 / (limit * limit))),
        basis.get(1).scaledColumns(filled(neurons, 1 / limit)),
        basis.subList(3, basis.size()),
        withoutSquare(basis, bias));
  }

  /** What is left of the constant where B₂ + 1 stands in place of B₂, [1][rows]. */
  private static Balls withoutSquare(List<Balls> basis, Balls bias) {
    Balls minus = filled(basis.get(2).columns(), -1).times(basis.get(2).turned());
    Balls ones = filled(basis.get(0).columns(), 1).times(basis.get(0).turned());
    return bias.plus(ones).plus(minus);
  }

  /**
   * What rows take of 1, B₁(u) … B_d(u) of edges, [rows][neurons] each.
   *
   * @param network of edges
   */
  private static List<Balls> basis(FeedForward network, Balls rows) {
    EdgeFeatures edges = (EdgeFeatures) network.functions();
    int neurons = network.intermediate().outputs();
    List<Balls> basis = new ArrayList<>();
    for (int n = 0; n <= edges.degree(); n++) {
      basis.add(Balls.zero(rows.rows(), neurons));
    }
    Balls all = Balls.weight(network.output());
    for (int n = 1; n <= edges.degree(); n++) {
      Balls part = rows.times(all.columns((n - 1) * neurons, n * neurons));
      double[] unit = new double[edges.degree() + 1];
      unit[n] = 1;
      double[] factors = ProductBasis.fromChebyshev(unit);
      for (int k = 0; k < factors.length; k++) {
        if (factors[k] != 0) {
          basis.set(k, basis.get(k).plus(part.scaledColumns(filled(neurons, factors[k]))));
        }
      }
    }
    return basis;
  }

  /** One value, [1][length]. */
  static Balls filled(int length, double value) {
    double[] out = new double[length];
    Arrays.fill(out, value);
    return Balls.exact(new double[][] {out});
  }
}
