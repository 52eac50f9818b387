package io.cipherstream.network;

import io.cipherstream.polynomial.ProductBasis;
import java.util.List;

/**
 * A network with its weights, in the form that ciphertexts take. Immutable but for its arrays,
 * which nobody changes.
 *
 * @param shape sizes, known to both sides
 * @param weights a matrix and a bias for each layer
 */
record Network(NetworkShape shape, List<Weights> weights) {

  /**
   * A layer's weights.
   *
   * @param matrix [output][(n − 1)·inputs + i]: the factor of B_n of input i
   * @param bias one number an output
   */
  record Weights(double[][] matrix, double[] bias) {}

  Network {
    weights = List.copyOf(weights);
  }

  /** The features of a question, in the order of its inputs. */
  static double[] features(NetworkShape shape, double[] question) {
    double[] features = new double[shape.features()];
    int at = 0;
    for (int i = 0; i < question.length; i++) {
      double[] of = shape.inputs().get(i).of(question[i]);
      System.arraycopy(of, 0, features, at, of.length);
      at += of.length;
    }
    return features;
  }

  /** The plaintext pass: all outputs, with the sentinel. */
  double[] outputs(double[] question) {
    double[] x = features(shape, question);
    for (int l = 0; l < weights.size(); l++) {
      x = layer(weights.get(l), shape.layers().get(l).degree(), x);
    }
    return x;
  }

  /** What one layer makes of its inputs. */
  static double[] layer(Weights layer, int degree, double[] x) {
    double[] sums = layer.bias().clone();
    for (int i = 0; i < x.length; i++) {
      double[] basis = ProductBasis.values(x[i], degree);
      for (int j = 0; j < sums.length; j++) {
        for (int n = 1; n <= degree; n++) {
          sums[j] += layer.matrix()[j][(n - 1) * x.length + i] * basis[n];
        }
      }
    }
    return sums;
  }
}
