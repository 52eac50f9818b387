package io.cipherstream.model;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erf;
import org.jspecify.annotations.Nullable;

/**
 * Operators that work number by number, in float64. The result keeps the layout of the operand that
 * it has as many numbers as, so that its meaning does not depend on reshapes before it.
 */
final class OnnxArithmetic {

  private OnnxArithmetic() {}

  /** The function of an operator with two operands, or null if there is none of that name. */
  static @Nullable DoubleBinaryOperator binary(String operator, boolean integers) {
    return switch (operator) {
      case "Add" -> Double::sum;
      case "Sub" -> (a, b) -> a - b;
      case "Mul" -> (a, b) -> a * b;
      case "Div" -> integers ? OnnxArithmetic::quotient : (a, b) -> a / b;
      case "Pow" -> Math::pow;
      case "Mod" -> OnnxArithmetic::modulo;
      case "Min" -> Math::min;
      case "Max" -> Math::max;
      case "And" -> (a, b) -> truth(a != 0 && b != 0);
      case "Or" -> (a, b) -> truth(a != 0 || b != 0);
      case "Xor" -> (a, b) -> truth((a != 0) != (b != 0));
      case "BitwiseAnd" -> (a, b) -> (double) ((long) a & (long) b);
      case "BitwiseOr" -> (a, b) -> (double) ((long) a | (long) b);
      case "Equal" -> (a, b) -> truth(a == b);
      case "Less" -> (a, b) -> truth(a < b);
      case "LessOrEqual" -> (a, b) -> truth(a <= b);
      case "Greater" -> (a, b) -> truth(a > b);
      case "GreaterOrEqual" -> (a, b) -> truth(a >= b);
      default -> null;
    };
  }

  /** The function of an operator with one operand, or null if there is none of that name. */
  static @Nullable DoubleUnaryOperator unary(String operator) {
    return switch (operator) {
      case "Neg" -> v -> -v;
      case "Abs" -> Math::abs;
      case "Sqrt" -> Math::sqrt;
      case "Reciprocal" -> v -> 1 / v;
      case "Exp" -> Math::exp;
      case "Log" -> Math::log;
      case "Erf" -> Erf::value;
      case "Tanh" -> Math::tanh;
      case "Relu" -> v -> Math.max(v, 0);
      case "Sigmoid" -> v -> 1 / (1 + Math.exp(-v));
      case "Gelu" -> Activation.GELU::apply;
      case OnnxActivation.GELU_TANH -> Activation.GELU_TANH::apply;
      case "Not" -> v -> truth(v == 0);
      case "IsNaN" -> v -> truth(Double.isNaN(v));
      case "IsInf" -> v -> truth(Double.isInfinite(v));
      case "Floor" -> Math::floor;
      case "Ceil" -> Math::ceil;
      case "Round" -> Math::rint;
      case "Sign" -> Math::signum;
      default -> null;
    };
  }

  static boolean givesTruth(String operator) {
    return switch (operator) {
      case "And",
          "Or",
          "Xor",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "Not",
          "IsNaN",
          "IsInf" ->
          true;
      default -> false;
    };
  }

  private static double truth(boolean value) {
    return value ? 1 : 0;
  }

  private static double quotient(double a, double b) {
    if (b == 0) {
      throw OnnxShape.bad("an integer divided by 0");
    }
    long quotient = (long) a / (long) b;
    return (double) quotient;
  }

  private static double modulo(double a, double b) {
    if (b == 0) {
      throw OnnxShape.bad("a remainder of a division by 0");
    }
    return a - b * Math.floor(a / b);
  }

  static OnnxValue apply(String operator, DoubleUnaryOperator f, OnnxValue x) {
    OnnxValue.Type type = givesTruth(operator) ? OnnxValue.Type.TRUTH : x.type();
    if (x.isConstant()) {
      double[] out = new double[x.length()];
      for (int i = 0; i < out.length; i++) {
        out[i] = f.applyAsDouble(x.get(i));
      }
      return constant(out, type, x.shape());
    }
    OnnxBase base = x.base();
    double[] out = new double[base.length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsDouble(base.get(i));
    }
    OnnxMeaning meaning = new OnnxMeaning.Function(operator, base);
    return new OnnxValue(OnnxBase.of(out, base.inputs(), meaning), x.index(), x.shape(), type);
  }

  static OnnxValue apply(String operator, DoubleBinaryOperator f, OnnxValue a, OnnxValue b) {
    int[] shape = OnnxShape.broadcast(a.shape(), b.shape());
    OnnxValue x = OnnxShape.expand(a, shape);
    OnnxValue y = OnnxShape.expand(b, shape);
    double[] out = new double[OnnxShape.count(shape)];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsDouble(x.get(i), y.get(i));
    }
    OnnxValue.Type type = givesTruth(operator) ? OnnxValue.Type.TRUTH : a.type();
    if (a.isConstant() && b.isConstant()) {
      return constant(out, type, shape);
    }
    boolean swapped = !leads(x);
    if (swapped && !leads(y)) {
      x = picked(x);
      y = picked(y);
      swapped = x.isConstant();
    }
    OnnxValue main = swapped ? y : x;
    OnnxValue other = swapped ? x : y;
    if (isNeutral(operator, main, other, swapped)) {
      return main;
    }
    return combined(operator, main, other, swapped, out, type, shape);
  }

  /**
   * Numbers that do not depend on the text, in the single precision in which a graph computes them:
   * where they choose rows, as logarithms of distances do, that is part of what they are.
   */
  private static OnnxValue constant(double[] numbers, OnnxValue.Type type, int[] shape) {
    if (type == OnnxValue.Type.REAL) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) numbers[i];
      }
    }
    return OnnxValue.of(OnnxBase.constant(numbers), type, shape);
  }

  /** Whether a value is computed and has each number of its base once. */
  private static boolean leads(OnnxValue value) {
    return !value.isConstant() && OnnxShape.isPermutation(value.index(), value.base().length());
  }

  /** The value as a base of its own, in its own order. */
  static OnnxValue picked(OnnxValue value) {
    int[] index = value.index();
    if (index == null || value.isConstant()) {
      return value;
    }
    OnnxMeaning meaning = new OnnxMeaning.Picked(value.base(), index);
    OnnxBase base = OnnxBase.of(value.numbers(), value.base().inputs(), meaning);
    return new OnnxValue(base, null, value.shape(), value.type());
  }

  /** Whether what the mask gives for a text without padding changes nothing. */
  private static boolean isNeutral(
      String operator, OnnxValue main, OnnxValue other, boolean swapped) {
    if (other.isConstant()
        || !OnnxRole.maskAlone(other.base().inputs())
        || OnnxRole.maskAlone(main.base().inputs())) {
      return false;
    }
    double neutral;
    switch (operator) {
      case "Add" -> neutral = 0;
      case "Mul" -> neutral = 1;
      case "Sub" -> neutral = swapped ? Double.NaN : 0;
      case "Div" -> neutral = swapped ? Double.NaN : 1;
      default -> neutral = Double.NaN;
    }
    for (int i = 0; i < other.length(); i++) {
      if (other.get(i) != neutral) {
        return false;
      }
    }
    return true;
  }

  private static OnnxValue combined(
      String operator,
      OnnxValue main,
      OnnxValue other,
      boolean swapped,
      double[] out,
      OnnxValue.Type type,
      int[] shape) {
    int[] index = main.index();
    double[] values = out;
    OnnxValue aligned = other.reshaped(out.length);
    if (index != null) {
      values = new double[out.length];
      int[] places = new int[out.length];
      for (int i = 0; i < out.length; i++) {
        values[index[i]] = out[i];
        places[index[i]] = other.place(i);
      }
      int[] map = OnnxShape.orNull(places, other.base().length());
      aligned = new OnnxValue(other.base(), map, new int[] {out.length}, other.type());
    }
    OnnxMeaning meaning =
        other.isConstant()
            ? new OnnxMeaning.WithConstant(operator, main.base(), aligned, swapped)
            : new OnnxMeaning.Pair(operator, main.base(), other.base(), aligned.index(), swapped);
    int inputs = main.base().inputs() | other.base().inputs();
    return new OnnxValue(OnnxBase.of(values, inputs, meaning), index, shape, type);
  }

  /** One of two values for each place, by a condition. */
  static OnnxValue where(OnnxValue condition, OnnxValue a, OnnxValue b, String node) {
    int[] shape = OnnxShape.broadcast(condition.shape(), OnnxShape.broadcast(a.shape(), b.shape()));
    OnnxValue c = OnnxShape.expand(condition, shape);
    OnnxValue x = OnnxShape.expand(a, shape);
    OnnxValue y = OnnxShape.expand(b, shape);
    double[] out = new double[OnnxShape.count(shape)];
    boolean all = true;
    boolean none = true;
    for (int i = 0; i < out.length; i++) {
      boolean yes = c.get(i) != 0;
      all &= yes;
      none &= !yes;
      out[i] = yes ? x.get(i) : y.get(i);
    }
    int inputs = condition.base().inputs() | a.base().inputs() | b.base().inputs();
    if (inputs == 0) {
      return OnnxValue.of(OnnxBase.constant(out), a.type(), shape);
    }
    OnnxValue chosen = all ? x : y;
    if ((all || none)
        && !OnnxRole.maskAlone(chosen.base().inputs())
        && (OnnxRole.maskAlone(condition.base().inputs()) || isAbsence(condition, chosen))) {
      return chosen;
    }
    return OnnxValue.of(OnnxBase.of(out, inputs, new OnnxMeaning.Other(node)), a.type(), shape);
  }

  /** Whether the condition asks for what is no number in the value itself. */
  private static boolean isAbsence(OnnxValue condition, OnnxValue chosen) {
    return condition.base().meaning() instanceof OnnxMeaning.Function f
        && f.operator().equals("IsNaN")
        && f.x() == chosen.base();
  }
}
