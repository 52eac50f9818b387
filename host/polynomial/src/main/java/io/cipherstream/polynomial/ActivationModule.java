package io.cipherstream.polynomial;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * Activations that a polynomial can stand for, by name. Which one is fitted, to which degree and on
 * which interval, is chosen for each layer when a network is imported.
 */
public enum ActivationModule implements DoubleUnaryOperator {
  /** max(x, 0). */
  RELU(x -> Math.max(x, 0)),
  /** log(1 + eˣ). */
  SOFTPLUS(x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  /** x/(1 + e⁻ˣ). */
  SILU(x -> x / (1 + Math.exp(-x))),
  /** x for x above 0, else eˣ − 1. */
  ELU(x -> x > 0 ? x : Math.expm1(x)),
  /** 1/(1 + e⁻ˣ). */
  SIGMOID(x -> 1 / (1 + Math.exp(-x))),
  /** tanh x. */
  TANH(Math::tanh);

  private final DoubleUnaryOperator function;

  ActivationModule(DoubleUnaryOperator function) {
    this.function = function;
  }

  @Override
  public double applyAsDouble(double x) {
    return function.applyAsDouble(x);
  }

  /** Its name in options and reports. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The module of that name; letters may be capitals, as in ONNX. */
  public static Optional<ActivationModule> named(String name) {
    return Arrays.stream(values()).filter(m -> m.name().equalsIgnoreCase(name)).findFirst();
  }

  /** All names. */
  public static List<String> names() {
    return Arrays.stream(values()).map(ActivationModule::text).toList();
  }
}
