package io.cipherstream.network;

import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ChebyshevSeries;
import io.cipherstream.polynomial.Domain;
import io.cipherstream.polynomial.ProductBasis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Kolmogorov–Arnold network as a {@link Network}. The first layer is exact: the client computes
 * SiLU and splines of its own numbers. Each edge behind it becomes a Chebyshev series on the range
 * of its input.
 *
 * <p>That range is what the samples show, half as wide again; without samples all that the
 * functions of the layer before can sum to.
 */
final class KanConversion {

  /** How much wider than seen a range is taken. */
  private static final double MARGIN = 1.5;

  /** Numbers of an interval at which a function's least and greatest value are looked for. */
  private static final int SEEN = 513;

  private final List<KanLayer> layers;
  private final List<double[]> samples;
  private final int degree;
  private final List<FitReport> fits = new ArrayList<>();

  private KanConversion(List<KanLayer> layers, List<double[]> samples, int degree) {
    this.layers = layers;
    this.samples = samples;
    this.degree = degree;
  }

  /**
   * @param samples questions as the network will get them; may be none
   * @param degree of the series, above 1
   * @throws ModelException of kind UNSUPPORTED if the network takes too many levels, SHAPE for a
   *     sample of another width, VALUE for one outside of the first layer's grids
   */
  static ConvertedNetwork of(List<KanLayer> layers, List<double[]> samples, int degree) {
    if (degree < 2 || degree > LayerShape.DEGREE_MAX) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "degree " + degree + ": expected 2 to " + LayerShape.DEGREE_MAX);
    }
    return new KanConversion(layers, samples, degree).converted();
  }

  private ConvertedNetwork converted() {
    NetworkShape shape = shape();
    QuestionRows questions = new QuestionRows(new NetworkPlan(shape));
    for (int s = 0; s < samples.size(); s++) {
      questions.check(samples.get(s), "sample " + (s + 1));
    }
    List<Network.Weights> weights = new ArrayList<>();
    List<double[]> numbers = samples;
    Domain[] ranges = shape.inputs().stream().map(InputFeatures::domain).toArray(Domain[]::new);
    for (int l = 0; l < layers.size(); l++) {
      KanLayer layer = layers.get(l);
      Network.Weights own = l == 0 ? first(layer) : fitted(layer, ranges);
      if (l + 1 < layers.size()) {
        numbers = numbers.stream().map(layer::outputs).toList();
        ranges = numbers.isEmpty() ? reached(layer, ranges) : NetworkAssembly.seen(numbers, MARGIN);
        NetworkAssembly.scale(own, ranges);
      }
      weights.add(own);
    }
    if (shape.watched()) {
      weights.add(NetworkAssembly.watched(weights.remove(weights.size() - 1), shape));
    }
    Network network = new Network(shape, weights);
    return new ConvertedNetwork(network, fits.stream().map(fit -> compared(fit, network)).toList());
  }

  private NetworkShape shape() {
    List<InputFeatures> inputs = new ArrayList<>();
    int features = 0;
    for (SplineBasis splines : layers.get(0).splines()) {
      List<Double> knots = Arrays.stream(splines.knots()).boxed().toList();
      inputs.add(
          new InputFeatures(new Domain(splines.from(), splines.to()), knots, splines.order()));
      features += 1 + splines.count();
    }
    List<LayerShape> shapes = new ArrayList<>();
    for (int l = 0; l < layers.size(); l++) {
      boolean watched = l > 0 && l + 1 == layers.size();
      shapes.add(
          new LayerShape(
              l == 0 ? 1 : degree,
              l == 0 ? features : layers.get(l).inputs(),
              layers.get(l).outputs() + (watched ? 1 : 0)));
    }
    return new NetworkShape(inputs, shapes);
  }

  /** The coefficients themselves, in the order of the client's features. */
  private static Network.Weights first(KanLayer layer) {
    double[][] matrix = new double[layer.outputs()][];
    for (int j = 0; j < matrix.length; j++) {
      List<Double> row = new ArrayList<>();
      for (int i = 0; i < layer.inputs(); i++) {
        row.add(layer.base()[j][i]);
        Arrays.stream(layer.spline()[j][i]).forEach(row::add);
      }
      matrix[j] = row.stream().mapToDouble(value -> value).toArray();
    }
    return new Network.Weights(matrix, layer.bias().clone());
  }

  private Network.Weights fitted(KanLayer layer, Domain[] ranges) {
    int inputs = layer.inputs();
    double[][] matrix = new double[layer.outputs()][degree * inputs];
    double[] bias = layer.bias().clone();
    double largestError = 0;
    List<Domain> intervals = new ArrayList<>();
    for (int j = 0; j < matrix.length; j++) {
      for (int i = 0; i < inputs; i++) {
        int output = j;
        int input = i;
        ChebyshevSeries series =
            ChebyshevSeries.of(x -> layer.edge(output, input, x), ranges[i], degree);
        largestError =
            Math.max(largestError, series.largestError(x -> layer.edge(output, input, x)));
        intervals.add(ranges[i]);
        double[] factors = ProductBasis.fromChebyshev(series.coefficients());
        bias[j] += factors[0];
        for (int n = 1; n <= degree; n++) {
          matrix[j][(n - 1) * inputs + i] = factors[n];
        }
      }
    }
    fits.add(FitReport.of("spline", degree, "Chebyshev", intervals, largestError));
    return new Network.Weights(matrix, bias);
  }

  /** All that sums of a layer's functions can be. */
  private static Domain[] reached(KanLayer layer, Domain[] ranges) {
    double[] from = layer.bias().clone();
    double[] to = layer.bias().clone();
    for (int j = 0; j < from.length; j++) {
      for (int i = 0; i < layer.inputs(); i++) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < SEEN; k++) {
          double value = layer.edge(j, i, ranges[i].fromUnit(-1 + 2.0 * k / (SEEN - 1)));
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
        from[j] += least;
        to[j] += greatest;
      }
    }
    Domain[] reached = new Domain[from.length];
    for (int j = 0; j < from.length; j++) {
      reached[j] = NetworkAssembly.around(from[j], to[j]);
    }
    return reached;
  }

  private FitReport compared(FitReport fit, Network network) {
    double worst = 0;
    for (double[] sample : samples) {
      double[] exact = sample;
      for (KanLayer layer : layers) {
        exact = layer.outputs(exact);
      }
      double[] own = network.outputs(sample);
      for (int j = 0; j < exact.length; j++) {
        worst = Math.max(worst, Math.abs(exact[j] - own[j]));
      }
    }
    return fit.compared(samples.size(), worst);
  }
}
