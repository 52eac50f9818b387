package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/**
 * The function between the feed-forward matrices.
 *
 * @param x what it is applied to
 */
record OnnxActivation(OnnxBase x, Activation kind) {

  /** Half-precision graphs round 1/√2; what comes out is compared with the graph later on. */
  private static final double TOLERANCE = 1e-3;

  /** The name of ONNX's Gelu with its attribute {@code approximate} "tanh". */
  static final String GELU_TANH = "Gelu(tanh)";

  /** Reads a base as that; null if it is none. */
  static @Nullable OnnxActivation of(OnnxBase base) {
    if (base.meaning() instanceof OnnxMeaning.Function f) {
      return switch (f.operator()) {
        case "Gelu" -> new OnnxActivation(f.x(), Activation.GELU);
        case GELU_TANH -> new OnnxActivation(f.x(), Activation.GELU_TANH);
        case "Relu" -> new OnnxActivation(f.x(), Activation.RELU);
        default -> null;
      };
    }
    Product product = new Product();
    product.multiply(base);
    OnnxBase x = product.x;
    if (product.gate == null || x == null || product.more) {
      return null;
    }
    Gate gate = Gate.of(product.gate);
    if (gate == null) {
      return null;
    }
    boolean half =
        near(product.factor * gate.offset, 0.5) && near(product.factor * gate.slope, 0.5);
    if (half && gate.function.operator().equals("Tanh")) {
      return new OnnxActivation(x, Activation.GELU_TANH);
    }
    return half && gate.isErfOf(x) ? new OnnxActivation(x, Activation.GELU) : null;
  }

  private static boolean near(double value, double expected) {
    return Math.abs(value - expected) <= TOLERANCE;
  }

  /** factor · x · gate, in whatever order a graph multiplies them. */
  private static final class Product {
    private double factor = 1;
    private @Nullable OnnxBase x;
    private @Nullable OnnxBase gate;
    private boolean more;

    void multiply(OnnxBase base) {
      OnnxMeaning meaning = base.meaning();
      if (meaning instanceof OnnxMeaning.Pair p && p.operator().equals("Mul") && p.map() == null) {
        multiply(p.a());
        multiply(p.b());
      } else if (meaning instanceof OnnxMeaning.WithConstant c
          && (c.operator().equals("Mul") || (c.operator().equals("Div") && !c.constantFirst()))
          && !Double.isNaN(OnnxAffine.number(c.constant()))) {
        double number = OnnxAffine.number(c.constant());
        factor = c.operator().equals("Mul") ? factor * number : factor / number;
        multiply(c.x());
      } else if (Gate.of(base) != null && gate == null) {
        gate = base;
      } else if (x == null) {
        x = base;
      } else {
        more = true;
      }
    }
  }

  /** offset + slope · f(…) of a sigmoid-like f. */
  private record Gate(double offset, double slope, OnnxMeaning.Function function) {

    static @Nullable Gate of(OnnxBase base) {
      OnnxMeaning meaning = base.meaning();
      if (meaning instanceof OnnxMeaning.Function f) {
        boolean known = f.operator().equals("Erf") || f.operator().equals("Tanh");
        return known ? new Gate(0, 1, f) : null;
      }
      if (!(meaning instanceof OnnxMeaning.WithConstant c) || c.constantFirst()) {
        return meaning instanceof OnnxMeaning.WithConstant first ? first(first) : null;
      }
      Gate inner = of(c.x());
      return inner == null ? null : inner.with(c);
    }

    /** Of operations whose order matters only addition and multiplication may have it first. */
    private static @Nullable Gate first(OnnxMeaning.WithConstant c) {
      Gate inner = of(c.x());
      boolean commutes = c.operator().equals("Add") || c.operator().equals("Mul");
      return inner == null || !commutes ? null : inner.with(c);
    }

    private @Nullable Gate with(OnnxMeaning.WithConstant c) {
      double number = OnnxAffine.number(c.constant());
      if (Double.isNaN(number)) {
        return null;
      }
      return switch (c.operator()) {
        case "Add" -> new Gate(offset + number, slope, function);
        case "Mul" -> new Gate(offset * number, slope * number, function);
        case "Div" -> new Gate(offset / number, slope / number, function);
        default -> null;
      };
    }

    /** Whether it is the error function of x/√2. */
    boolean isErfOf(OnnxBase x) {
      double factor = 1;
      OnnxBase at = function.x();
      while (at.meaning() instanceof OnnxMeaning.WithConstant c) {
        double number = OnnxAffine.number(c.constant());
        if (c.operator().equals("Mul") && !Double.isNaN(number)) {
          factor *= number;
        } else if (c.operator().equals("Div") && !c.constantFirst() && !Double.isNaN(number)) {
          factor /= number;
        } else {
          break;
        }
        at = c.x();
      }
      return function.operator().equals("Erf") && at.same(x) && near(factor, Math.sqrt(0.5));
    }
  }
}
