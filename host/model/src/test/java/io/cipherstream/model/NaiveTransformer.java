package io.cipherstream.model;

/**
 * The forward pass again, straight from the formulas and from the named tensors: every value is
 * asked for when needed, LayerNorm by E[x²] − E[x]², softmax as 1/Σ exp(xⱼ − xᵢ), erf by
 * quadrature.
 */
final class NaiveTransformer {

  private final RandomModel model;
  private final ModelShape shape;
  private final boolean exactReciprocal;

  NaiveTransformer(RandomModel model, boolean exactReciprocal) {
    this.model = model;
    this.shape = model.shape;
    this.exactReciprocal = exactReciprocal;
  }

  double[] run(int[] ids) {
    return runRows(ids, new int[ids.length])[0];
  }

  double[][] runRows(int[] ids, int[] segments) {
    int n = ids.length;
    int h = shape.width();
    double[][] x = new double[n][h];
    for (int t = 0; t < n; t++) {
      for (int j = 0; j < h; j++) {
        x[t][j] =
            model.get("bert.embeddings.word_embeddings.weight")[ids[t] * h + j]
                + model.get("bert.embeddings.position_embeddings.weight")[t * h + j]
                + model.get("bert.embeddings.token_type_embeddings.weight")[segments[t] * h + j];
      }
      x[t] = norm(x[t], "bert.embeddings.LayerNorm", true);
    }
    for (int i = 0; i < shape.layers(); i++) {
      x = layer(x, "bert.encoder.layer." + i + ".", i);
    }
    double[][] rows = new double[shape.pooling() == Pooling.NONE ? n : 1][];
    for (int r = 0; r < rows.length; r++) {
      double[] row = new double[h];
      for (int j = 0; j < h; j++) {
        for (int t = 0; t < n; t++) {
          row[j] += shape.pooling() == Pooling.MEAN ? x[t][j] / n : t == r ? x[t][j] : 0;
        }
      }
      rows[r] = head(row);
    }
    return rows;
  }

  private double[] head(double[] row) {
    double[] out = row;
    if (shape.pooler().exists()) {
      out = dense(out, "bert.pooler.dense");
      for (int j = 0; j < out.length; j++) {
        out[j] = (Math.exp(2 * out[j]) - 1) / (Math.exp(2 * out[j]) + 1);
      }
    }
    if (!shape.head().embeds()) {
      return dense(out, "classifier");
    }
    if (shape.head() == Head.VECTOR) {
      return out;
    }
    double length = 0;
    for (double v : out) {
      length = Math.hypot(length, v);
    }
    for (int j = 0; j < out.length; j++) {
      out[j] /= length;
    }
    return out;
  }

  private double[][] layer(double[][] x, String at, int layer) {
    int n = x.length;
    int d = shape.width() / shape.heads();
    double[][] out = new double[n][];
    for (int t = 0; t < n; t++) {
      double[] joined = new double[shape.width()];
      double[] q = dense(x[t], at + "attention.self.query");
      for (int head = 0; head < shape.heads(); head++) {
        double[] score = new double[n];
        for (int s = 0; s < n; s++) {
          double[] k = dense(x[s], at + "attention.self.key");
          for (int j = 0; j < d; j++) {
            score[s] += q[head * d + j] * k[head * d + j] / Math.sqrt(d);
          }
        }
        for (int s = 0; s < n; s++) {
          double[] v = dense(x[s], at + "attention.self.value");
          double p = weight(score, s, layer);
          for (int j = 0; j < d; j++) {
            joined[head * d + j] += p * v[head * d + j];
          }
        }
      }
      boolean full = shape.norm() == NormKind.FULL;
      double[] a = sum(x[t], dense(joined, at + "attention.output.dense"));
      a = norm(a, at + "attention.output.LayerNorm", full);
      double[] f = dense(a, at + "intermediate.dense");
      for (int j = 0; j < f.length; j++) {
        f[j] = activation(f[j]);
      }
      out[t] = norm(sum(a, dense(f, at + "output.dense")), at + "output.LayerNorm", full);
    }
    return out;
  }

  private double weight(double[] score, int s, int layer) {
    switch (shape.attention()) {
      case SOFTMAX -> {
        double sum = 0;
        for (double other : score) {
          sum += Math.exp(other - score[s]);
        }
        return 1 / sum;
      }
      case THEX -> {
        double sum = 0;
        for (double other : score) {
          sum += cube(other);
        }
        if (exactReciprocal) {
          return sum == 0 ? 0 : cube(score[s]) / sum;
        }
        String at = "thex.layer." + layer + ".T.";
        double t = model.get(at + "bias")[0];
        for (int j = 0; j < model.get(at + "knots").length; j++) {
          double hinge = 1 - sum / model.get(at + "knots")[j];
          t += hinge > 0 ? hinge * model.get(at + "coefficients")[j] : 0;
        }
        return cube(score[s]) * t;
      }
      default -> {
        String at = "thex.layer." + layer + ".power.";
        double root = model.get(at + "scale")[0] * score[s] + model.get(at + "offset")[0];
        return Math.pow(root, 2) / score.length;
      }
    }
  }

  private static double cube(double score) {
    double e = Math.pow(score / 2 + 1, 3);
    return e > 0 ? e : 0;
  }

  private double activation(double v) {
    return switch (shape.activation()) {
      case RELU -> v > 0 ? v : 0;
      case QUADRATIC -> 0.125 * v * v + 0.25 * v + 0.5;
      case GELU -> v * (0.5 + density(v));
      case GELU_TANH -> {
        double z = Math.exp(2 * 0.7978845608028654 * (v + 0.044715 * v * v * v));
        yield v - v / (z + 1);
      }
    };
  }

  /** ∫₀ᵛ φ by Simpson's rule. */
  private static double density(double v) {
    int steps = 400;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double z = v * i / steps;
      int weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-z * z / 2);
    }
    return sum * v / steps / 3 / Math.sqrt(2 * Math.PI);
  }

  private double[] dense(double[] x, String name) {
    double[] weight = model.get(name + ".weight");
    double[] y = model.get(name + ".bias").clone();
    for (int j = 0; j < x.length; j++) {
      for (int o = 0; o < y.length; o++) {
        y[o] += x[j] * weight[o * x.length + j];
      }
    }
    return y;
  }

  private double[] norm(double[] x, String name, boolean full) {
    double mean = 0;
    double square = 0;
    for (double v : x) {
      mean += v / x.length;
      square += v * v / x.length;
    }
    double sigma = Math.sqrt(square - mean * mean + shape.layerNormEpsilon());
    double[] out = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      double bare = full ? (x[j] - mean) / sigma : x[j];
      out[j] = bare * model.get(name + ".weight")[j] + model.get(name + ".bias")[j];
    }
    return out;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int j = 0; j < a.length; j++) {
      out[j] = a[j] + b[j];
    }
    return out;
  }
}
