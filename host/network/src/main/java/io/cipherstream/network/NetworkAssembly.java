package io.cipherstream.network;

import io.cipherstream.polynomial.Domain;
import java.util.Arrays;
import java.util.List;

/** What every kind of network needs to become a {@link Network}: ranges, scaling, the sentinel. */
final class NetworkAssembly {

  private NetworkAssembly() {}

  /** An interval that is not too short to divide by. */
  static Domain around(double from, double to) {
    double least = 1e-3 * Math.max(1, Math.abs(from));
    return to - from < least ? new Domain(from - least, to + least) : new Domain(from, to);
  }

  /**
   * The range of each number of a layer.
   *
   * @param numbers of each sample, at least one
   * @param margin how much wider than seen a range is taken
   */
  static Domain[] seen(List<double[]> numbers, double margin) {
    Domain[] ranges = new Domain[numbers.get(0).length];
    for (int i = 0; i < ranges.length; i++) {
      int input = i;
      double from = numbers.stream().mapToDouble(x -> x[input]).min().orElseThrow();
      double to = numbers.stream().mapToDouble(x -> x[input]).max().orElseThrow();
      ranges[i] = around(from, to).widened(margin);
    }
    return ranges;
  }

  /** Makes outputs u in place of x, for the layer behind. */
  static void scale(Network.Weights layer, Domain[] ranges) {
    for (int j = 0; j < ranges.length; j++) {
      double half = ranges[j].half();
      layer.bias()[j] = ranges[j].toUnit(layer.bias()[j]);
      for (int c = 0; c < layer.matrix()[j].length; c++) {
        layer.matrix()[j][c] /= half;
      }
    }
  }

  /** The last layer with the sentinel as one more output. */
  static Network.Weights watched(Network.Weights last, NetworkShape shape) {
    LayerShape sizes = shape.layers().get(shape.layers().size() - 1);
    int highest = Integer.highestOneBit(sizes.degree());
    double[] sentinel = new double[sizes.degree() * sizes.inputs()];
    Arrays.fill(sentinel, (highest - 1) * sizes.inputs(), highest * sizes.inputs(), 1);
    double[][] matrix = Arrays.copyOf(last.matrix(), last.matrix().length + 1);
    matrix[matrix.length - 1] = sentinel;
    return new Network.Weights(matrix, Arrays.copyOf(last.bias(), last.bias().length + 1));
  }
}
