package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;

/** The function behind the matrix of sentence-transformers' module Dense. */
public enum DenseFunction {
  /** x. */
  IDENTITY("torch.nn.modules.linear.Identity") {
    @Override
    public double apply(double x) {
      return x;
    }
  },
  /** The hyperbolic tangent. */
  TANH("torch.nn.modules.activation.Tanh") {
    @Override
    public double apply(double x) {
      return Math.tanh(x);
    }
  },
  /** max(0, x). */
  RELU("torch.nn.modules.activation.ReLU") {
    @Override
    public double apply(double x) {
      return Activation.RELU.apply(x);
    }
  },
  /** x·Φ(x). */
  GELU("torch.nn.modules.activation.GELU") {
    @Override
    public double apply(double x) {
      return Activation.GELU.apply(x);
    }
  };

  private final String className;

  DenseFunction(String className) {
    this.className = className;
  }

  /** f(x) in float64. */
  public abstract double apply(double x);

  /** The lower-case name in manifests. */
  @JsonValue
  public String text() {
    return EnumNames.of(this);
  }

  /**
   * @throws ModelException of kind UNSUPPORTED if no constant has that name
   */
  @JsonCreator
  public static DenseFunction parse(String name) {
    return EnumNames.parse(DenseFunction.class, "function of a dense output", name);
  }

  /**
   * The function that a module's configuration names by its class in PyTorch.
   *
   * @throws ModelException of kind UNSUPPORTED if it is none of these
   */
  static DenseFunction ofClass(String className, String where) {
    for (DenseFunction function : values()) {
      if (function.className.equals(className)) {
        return function;
      }
    }
    List<String> known = Arrays.stream(values()).map(f -> f.className).toList();
    throw new ModelException(
        ModelException.Kind.UNSUPPORTED,
        where + " says activation_function '" + className + "': expected one of " + known);
  }
}
