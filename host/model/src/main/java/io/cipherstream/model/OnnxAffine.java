package io.cipherstream.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * scale ∘ (W·x) + bias, as exporters spread it over a matrix product, sums with constants and
 * products with constants.
 *
 * @param x the rows that W is applied to
 * @param weight W [outputs][inputs]
 * @param scale one factor an output
 * @param bias one an output
 */
@SuppressWarnings("ArrayRecordComponent")
record OnnxAffine(
    OnnxBase x, int inputs, int outputs, float[] weight, double[] scale, double[] bias) {

  /** Reads a base as that; null if it is none. */
  static @Nullable OnnxAffine of(OnnxBase base) {
    OnnxMeaning meaning = base.meaning();
    if (meaning instanceof OnnxMeaning.Linear linear) {
      double[] ones = new double[linear.outputs()];
      Arrays.fill(ones, 1);
      return new OnnxAffine(
          linear.x(),
          linear.inputs(),
          linear.outputs(),
          linear.weight(),
          ones,
          new double[linear.outputs()]);
    }
    if (meaning instanceof OnnxMeaning.WithConstant with) {
      OnnxAffine inner = of(with.x());
      return inner == null ? null : inner.with(with);
    }
    if (meaning instanceof OnnxMeaning.Picked picked) {
      OnnxAffine inner = of(picked.x());
      return inner == null ? null : inner.picked(picked);
    }
    return null;
  }

  private @Nullable OnnxAffine with(OnnxMeaning.WithConstant with) {
    double[] c = features(with.constant(), outputs);
    if (c == null) {
      return null;
    }
    double[] s = scale.clone();
    double[] b = bias.clone();
    for (int i = 0; i < outputs; i++) {
      switch (with.operator()) {
        case "Add" -> b[i] += c[i];
        case "Sub" -> {
          b[i] = with.constantFirst() ? c[i] - b[i] : b[i] - c[i];
          s[i] = with.constantFirst() ? -s[i] : s[i];
        }
        case "Mul" -> {
          s[i] *= c[i];
          b[i] *= c[i];
        }
        case "Div" -> {
          if (with.constantFirst()) {
            return null;
          }
          s[i] /= c[i];
          b[i] /= c[i];
        }
        default -> {
          return null;
        }
      }
    }
    return new OnnxAffine(x, inputs, outputs, weight, s, b);
  }

  /** Some of the outputs of every row, in another order. */
  private @Nullable OnnxAffine picked(OnnxMeaning.Picked picked) {
    int rows = picked.x().length() / outputs;
    if (rows == 0 || picked.index().length % rows != 0) {
      return null;
    }
    int width = picked.index().length / rows;
    int[] features = Arrays.copyOf(picked.index(), width);
    for (int i = 0; i < picked.index().length; i++) {
      int feature = features[i % width];
      if (feature >= outputs || picked.index()[i] != i / width * outputs + feature) {
        return null;
      }
    }
    return chosen(features);
  }

  /** The outputs in another order, or some of them. */
  OnnxAffine chosen(int[] features) {
    boolean same = features.length == outputs;
    for (int i = 0; i < features.length && same; i++) {
      same = features[i] == i;
    }
    if (same) {
      return this;
    }
    float[] w = new float[features.length * inputs];
    double[] s = new double[features.length];
    double[] b = new double[features.length];
    for (int i = 0; i < features.length; i++) {
      System.arraycopy(weight, features[i] * inputs, w, i * inputs, inputs);
      s[i] = scale[features[i]];
      b[i] = bias[features[i]];
    }
    return new OnnxAffine(x, inputs, features.length, w, s, b);
  }

  /** The factor that all outputs share; NaN where they differ. */
  double factor() {
    double first = scale[0];
    return Arrays.stream(scale).allMatch(s -> s == first) ? first : Double.NaN;
  }

  /** The same divided by a factor. */
  OnnxAffine over(double factor) {
    return new OnnxAffine(
        x,
        inputs,
        outputs,
        weight,
        Arrays.stream(scale).map(s -> s / factor).toArray(),
        Arrays.stream(bias).map(b -> b / factor).toArray());
  }

  OnnxAffine plus(double[] more) {
    double[] b = bias.clone();
    for (int i = 0; i < b.length; i++) {
      b[i] += more[i];
    }
    return new OnnxAffine(x, inputs, outputs, weight, scale, b);
  }

  DenseLayer layer() {
    float[] w = weight;
    if (factor() != 1) {
      w = weight.clone();
      for (int i = 0; i < w.length; i++) {
        w[i] *= (float) scale[i / inputs];
      }
    }
    return new DenseLayer(outputs, inputs, w, floats(bias));
  }

  /**
   * @throws ModelException of kind VALUE if a number is not finite
   */
  static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
      if (!Float.isFinite(out[i])) {
        throw new ModelException(
            ModelException.Kind.VALUE,
            "the ONNX graph has a weight of " + values[i] + ": weights are finite");
      }
    }
    return out;
  }

  /** A constant that is the same for every row of width numbers: that row, or null. */
  static double @Nullable [] features(OnnxValue constant, int width) {
    double[] row = new double[width];
    if (constant.length() % width != 0 || constant.length() == 0) {
      return null;
    }
    for (int i = 0; i < constant.length(); i++) {
      double v = constant.get(i);
      if (i < width) {
        row[i] = v;
      } else if (Double.compare(row[i % width], v) != 0) {
        return null;
      }
    }
    return row;
  }

  /** A constant that is one number everywhere, or NaN. */
  static double number(OnnxValue constant) {
    double[] one = features(constant, 1);
    return one == null ? Double.NaN : one[0];
  }
}
