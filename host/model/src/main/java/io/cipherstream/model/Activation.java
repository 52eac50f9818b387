package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.apache.commons.numbers.gamma.Erfc;

/** The function between the two matrices of the feed-forward network, element by element. */
public enum Activation {
  /** x · Φ(x) = x · erfc(−x/√2) / 2. */
  GELU {
    @Override
    public double apply(double x) {
      return 0.5 * x * Erfc.value(-x * SQRT_HALF);
    }
  },
  /** x · (1 + tanh(√(2/π)·(x + 0.044715 x³))) / 2, which ALBERT computes instead of GELU. */
  GELU_TANH {
    @Override
    public double apply(double x) {
      return 0.5 * x * (1 + Math.tanh(TANH_SLOPE * (x + 0.044715 * x * x * x)));
    }
  },
  /** max(x, 0). */
  RELU {
    @Override
    public double apply(double x) {
      return Math.max(x, 0);
    }
  },
  /** 0.125 x² + 0.25 x + 0.5. */
  QUADRATIC {
    @Override
    public double apply(double x) {
      return (0.125 * x + 0.25) * x + 0.5;
    }
  };

  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double TANH_SLOPE = Math.sqrt(2 / Math.PI);

  /** The function's value in float64. */
  public abstract double apply(double x);

  /** The lower-case name in metadata and manifests. */
  @JsonValue
  public String text() {
    return EnumNames.of(this);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if the name is none of gelu, gelu_tanh, relu,
   *     quadratic
   */
  @JsonCreator
  public static Activation parse(String name) {
    return EnumNames.parse(Activation.class, "activation", name);
  }
}
