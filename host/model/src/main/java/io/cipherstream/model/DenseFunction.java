package io.cipherstream.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The function behind the matrix of sentence-transformers' module Dense. */
public enum DenseFunction {
  /** x. */
  IDENTITY("torch.nn.modules.linear.Identity", x -> x),
  /** The hyperbolic tangent. */
  TANH("torch.nn.modules.activation.Tanh", Math::tanh),
  /** max(0, x). */
  RELU("torch.nn.modules.activation.ReLU", Activation.RELU::apply),
  /** x·Φ(x). */
  GELU("torch.nn.modules.activation.GELU", Activation.GELU::apply);

  private final String className;
  private final DoubleUnaryOperator function;

  DenseFunction(String className, DoubleUnaryOperator function) {
    this.className = className;
    this.function = function;
  }

  /** f(x) in float64. */
  public double apply(double x) {
    return function.applyAsDouble(x);
  }

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
