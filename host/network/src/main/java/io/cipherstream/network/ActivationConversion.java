package io.cipherstream.network;

import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ActivationModule;
import io.cipherstream.polynomial.ChebyshevSeries;
import io.cipherstream.polynomial.Domain;
import io.cipherstream.polynomial.ProductBasis;
import io.cipherstream.polynomial.WeightedMinimax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Linear layers and activations as a {@link Network}. The activation of each number becomes a
 * polynomial of its own, fitted on that number's range by weighted minimax: the weight is how often
 * the samples come near, and half of the most where none does. This costs nothing on ciphertexts,
 * where the polynomials' coefficients are part of the next matrix. The mean that polynomials move
 * is put right in each layer's bias.
 */
final class ActivationConversion {

  /** How much wider than seen a range is taken. */
  private static final double MARGIN = 1.1;

  /** Weight of a place that no sample comes near. */
  private static final double LEAST_WEIGHT = 0.5;

  /** Width of what counts as near, as a part of half the range. */
  private static final double NEAR = 0.1;

  private final LayerStack layers;
  private final List<double[]> samples;
  private final int degree;

  private ActivationConversion(LayerStack layers, List<double[]> samples, int degree) {
    this.layers = layers;
    this.samples = samples;
    this.degree = degree;
  }

  /**
   * @param samples questions as the network will get them, at least one
   * @param degree of the polynomials, above 1
   * @throws ModelException of kind UNSUPPORTED if the network takes too many levels, SHAPE for
   *     samples that do not fit it
   */
  static ConvertedNetwork of(LayerStack layers, List<double[]> samples, int degree) {
    if (samples.isEmpty()) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "no samples: a network with activations needs rows of numbers as it will get them, from"
              + " which the polynomials' ranges and weights are taken (--samples)");
    }
    int inputs = layers.input().count();
    if (samples.get(0).length != inputs) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "samples of " + samples.get(0).length + " numbers, the network takes " + inputs);
    }
    return new ActivationConversion(layers, samples, degree).converted();
  }

  private ConvertedNetwork converted() {
    Domain all =
        NetworkAssembly.around(
            samples.stream().flatMapToDouble(Arrays::stream).min().orElseThrow(),
            samples.stream().flatMapToDouble(Arrays::stream).max().orElseThrow());
    NetworkShape shape = shape(all);
    List<List<double[]>> passes = samples.stream().map(layers::pass).toList();
    List<Network.Weights> weights = new ArrayList<>();
    List<FitReport> fits = new ArrayList<>();
    List<ChebyshevSeries> series = List.of();
    List<double[]> ours = samples.stream().map(each -> Network.features(shape, each)).toList();
    for (int l = 0; l < layers.maps().size(); l++) {
      AffineMap map = layers.maps().get(l);
      Network.Weights own = l == 0 ? first(map, all) : behind(map, series);
      int layer = l;
      int degreeHere = shape.layers().get(l).degree();
      List<double[]> numbers = passes.stream().map(pass -> pass.get(layer)).toList();
      correct(own, degreeHere, ours, numbers);
      if (l < layers.activations().size()) {
        Domain[] ranges = NetworkAssembly.seen(numbers, MARGIN);
        ActivationModule module = layers.activations().get(l);
        series = fitted(module, ranges, numbers);
        fits.add(report(module, series));
        NetworkAssembly.scale(own, ranges);
      }
      ours = ours.stream().map(x -> Network.layer(own, degreeHere, x)).toList();
      weights.add(own);
    }
    if (shape.watched()) {
      weights.add(NetworkAssembly.watched(weights.remove(weights.size() - 1), shape));
    }
    Network network = new Network(shape, weights);
    double worst = 0;
    for (int s = 0; s < samples.size(); s++) {
      double[] exact = passes.get(s).get(layers.maps().size() - 1);
      double[] own = network.outputs(samples.get(s));
      for (int j = 0; j < exact.length; j++) {
        worst = Math.max(worst, Math.abs(exact[j] - own[j]));
      }
    }
    double sampleError = worst;
    return new ConvertedNetwork(
        network, fits.stream().map(fit -> fit.compared(samples.size(), sampleError)).toList());
  }

  /** Moves each output so that it has the mean over the samples that it had before. */
  private static void correct(
      Network.Weights layer, int degree, List<double[]> ours, List<double[]> exact) {
    double[] missing = new double[layer.bias().length];
    for (int s = 0; s < ours.size(); s++) {
      double[] own = Network.layer(layer, degree, ours.get(s));
      for (int j = 0; j < missing.length; j++) {
        missing[j] += (exact.get(s)[j] - own[j]) / ours.size();
      }
    }
    for (int j = 0; j < missing.length; j++) {
      layer.bias()[j] += missing[j];
    }
  }

  private NetworkShape shape(Domain all) {
    List<LayerShape> shapes = new ArrayList<>();
    for (int l = 0; l < layers.maps().size(); l++) {
      AffineMap map = layers.maps().get(l);
      boolean watched = l > 0 && l + 1 == layers.maps().size();
      shapes.add(
          new LayerShape(l == 0 ? 1 : degree, map.inputs(), map.outputs() + (watched ? 1 : 0)));
    }
    List<InputFeatures> inputs = new ArrayList<>();
    for (int i = 0; i < layers.input().count(); i++) {
      inputs.add(InputFeatures.value(all));
    }
    return new NetworkShape(inputs, shapes);
  }

  /** The first map of u in place of x = middle + half·u. */
  private static Network.Weights first(AffineMap map, Domain all) {
    double[] middles = new double[map.inputs()];
    Arrays.fill(middles, all.middle());
    double[][] matrix = new double[map.outputs()][];
    for (int j = 0; j < matrix.length; j++) {
      matrix[j] = Arrays.stream(map.matrix()[j]).map(w -> w * all.half()).toArray();
    }
    return new Network.Weights(matrix, map.apply(middles));
  }

  /** A map of polynomials of what comes in. */
  private Network.Weights behind(AffineMap map, List<ChebyshevSeries> series) {
    int inputs = map.inputs();
    double[][] matrix = new double[map.outputs()][degree * inputs];
    double[] bias = map.bias().clone();
    for (int i = 0; i < inputs; i++) {
      double[] factors = ProductBasis.fromChebyshev(series.get(i).coefficients());
      for (int j = 0; j < bias.length; j++) {
        bias[j] += map.matrix()[j][i] * factors[0];
        for (int n = 1; n <= degree; n++) {
          matrix[j][(n - 1) * inputs + i] = map.matrix()[j][i] * factors[n];
        }
      }
    }
    return new Network.Weights(matrix, bias);
  }

  private List<ChebyshevSeries> fitted(
      ActivationModule module, Domain[] ranges, List<double[]> numbers) {
    List<ChebyshevSeries> series = new ArrayList<>();
    for (int i = 0; i < ranges.length; i++) {
      int number = i;
      double[] seen = numbers.stream().mapToDouble(x -> x[number]).toArray();
      series.add(WeightedMinimax.of(module, density(seen, ranges[i]), ranges[i], degree));
    }
    return series;
  }

  /** How many samples are near a place, most where they are densest: 1 there. */
  private static DoubleUnaryOperator density(double[] seen, Domain range) {
    double[] sorted = seen.clone();
    Arrays.sort(sorted);
    double near = NEAR * range.half();
    int most = 1;
    for (double x : sorted) {
      most = Math.max(most, count(sorted, x - near, x + near));
    }
    int densest = most;
    return x -> Math.max(LEAST_WEIGHT, (double) count(sorted, x - near, x + near) / densest);
  }

  private static int count(double[] sorted, double from, double to) {
    return place(sorted, to) - place(sorted, from);
  }

  /** How many numbers are below x. */
  private static int place(double[] sorted, double x) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < x) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private FitReport report(ActivationModule module, List<ChebyshevSeries> series) {
    double largest = 0;
    for (ChebyshevSeries each : series) {
      largest = Math.max(largest, each.largestError(module));
    }
    return FitReport.of(
        module.text(),
        degree,
        "minimax by density",
        series.stream().map(s -> s.domain()).toList(),
        largest);
  }
}
