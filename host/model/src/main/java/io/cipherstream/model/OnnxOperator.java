package io.cipherstream.model;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One node's computation. */
final class OnnxOperator {

  private final OnnxGraph.Node node;
  private final List<@Nullable OnnxValue> inputs;
  private final int operatorSet;
  private final OnnxProducts products;

  OnnxOperator(
      OnnxGraph.Node node,
      List<@Nullable OnnxValue> inputs,
      int operatorSet,
      OnnxProducts products) {
    this.node = node;
    this.inputs = inputs;
    this.operatorSet = operatorSet;
    this.products = products;
  }

  private OnnxValue in(int i) {
    OnnxValue value = optional(i);
    if (value == null) {
      throw new ModelException(
          ModelException.Kind.MALFORMED, "ONNX graph: input " + i + " is missing");
    }
    return value;
  }

  private @Nullable OnnxValue optional(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /** An input that shapes the result, and so must not depend on what the graph is fed with. */
  private OnnxValue fixed(int i) {
    OnnxValue value = in(i);
    if (!value.isConstant()) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "ONNX graph: input "
              + i
              + " depends on the text: expected one that is fixed by its length");
    }
    return value;
  }

  /** Integers from an input or, as in older operator sets, from an attribute; null for neither. */
  private int @Nullable [] integers(int input, String attribute) {
    return optional(input) == null
        ? node.attributes().integers(attribute)
        : fixed(input).integers();
  }

  private int axis(int otherwise) {
    return node.attributes().integer("axis", otherwise);
  }

  /** The operator's name; that of GELU's approximation where it is asked for. */
  private String operator() {
    if (!node.operator().equals("Gelu")) {
      return node.operator();
    }
    String approximate = node.attributes().text("approximate", "none");
    return switch (approximate) {
      case "none" -> node.operator();
      case "tanh" -> OnnxActivation.GELU_TANH;
      default ->
          throw OnnxRefusal.unsupported(
              node.label() + " with approximate '" + approximate + "': expected none or tanh");
    };
  }

  List<OnnxValue> compute() {
    String operator = operator();
    if (operator.equals("Split")) {
      return split();
    }
    if (operator.equals("Attention")) {
      return List.of(attention());
    }
    DoubleUnaryOperator one = OnnxArithmetic.unary(operator);
    if (one != null) {
      return List.of(OnnxArithmetic.apply(operator, one, in(0)));
    }
    if (OnnxReduction.has(operator)) {
      boolean all =
          integers(1, "axes") != null || node.attributes().integer("noop_with_empty_axes", 0) == 0;
      boolean keep = node.attributes().integer("keepdims", 1) != 0;
      return List.of(
          all
              ? OnnxReduction.apply(operator, in(0), integers(1, "axes"), keep, node.label())
              : in(0));
    }
    OnnxValue folded = binary(operator);
    return List.of(folded != null ? folded : single(operator));
  }

  private @Nullable OnnxValue binary(String operator) {
    OnnxValue first = optional(0);
    boolean integers = first != null && first.type() != OnnxValue.Type.REAL;
    DoubleBinaryOperator two = OnnxArithmetic.binary(operator, integers);
    if (two == null) {
      return null;
    }
    OnnxValue out = in(0);
    for (int i = 1; i < inputs.size(); i++) {
      out = OnnxArithmetic.apply(operator, two, out, in(i));
    }
    return out;
  }

  private OnnxValue single(String operator) {
    return switch (operator) {
      case "Constant" -> constant();
      case "ConstantOfShape" -> constantOfShape();
      case "Identity", "Dropout" -> in(0);
      case "Cast" -> cast(in(0), OnnxTensor.valueType(node.attributes().integer("to", 1)));
      case "CastLike" -> cast(in(0), in(1).type());
      case "Shape" -> shape();
      case "Size" -> numbers(in(0).length()).reshaped();
      case "Range" -> range();
      case "Reshape" ->
          OnnxLayout.reshape(
              in(0), fixed(1).integers(), node.attributes().integer("allowzero", 0) != 0);
      case "Flatten" -> OnnxLayout.flatten(in(0), axis(1));
      case "Transpose" -> OnnxLayout.transpose(in(0), node.attributes().integers("perm"));
      case "Unsqueeze" -> unsqueeze();
      case "Squeeze" -> OnnxLayout.squeeze(in(0), integers(1, "axes"));
      case "Expand" -> expand();
      case "Tile" -> OnnxLayout.tile(in(0), fixed(1).integers());
      case "Concat" -> OnnxLayout.concat(all(), axis(0), node.label());
      case "Slice" -> slice();
      case "Gather" -> gather();
      case "GatherElements" -> OnnxLayout.gatherElements(in(0), fixed(1), axis(0));
      case "GatherND" -> OnnxLayout.gatherNd(in(0), fixed(1));
      case "Where" -> OnnxArithmetic.where(in(0), in(1), in(2), node.label());
      case "Clip" -> clip();
      case "CumSum" -> cumSum();
      case "Trilu" -> trilu();
      case "Softmax" -> softmax();
      case "LayerNormalization" -> norm();
      case "LpNormalization" -> unit();
      case "MatMul" -> products.product(in(0), in(1), node.label());
      case "Gemm" -> gemm();
      default -> throw OnnxRefusal.operator(node);
    };
  }

  private List<OnnxValue> all() {
    OnnxValue[] out = new OnnxValue[inputs.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = in(i);
    }
    if (out.length == 0) {
      in(0);
    }
    return List.of(out);
  }

  private static OnnxValue numbers(double... values) {
    return OnnxValue.of(OnnxBase.constant(values), OnnxValue.Type.INTEGER, values.length);
  }

  private OnnxValue constant() {
    OnnxAttributes a = node.attributes();
    OnnxConstant tensor = a.tensors().get("value");
    if (tensor != null) {
      return OnnxValue.of(OnnxBase.of(tensor.data()), tensor.type(), tensor.data().shape());
    }
    for (String name : List.of("value_float", "value_int")) {
      Double number = a.numbers().get(name);
      if (number != null) {
        return numbers(number).reshaped().typed(kind(name));
      }
    }
    for (String name : List.of("value_floats", "value_ints")) {
      List<Double> list = a.lists().get(name);
      if (list != null) {
        return numbers(list.stream().mapToDouble(Double::doubleValue).toArray()).typed(kind(name));
      }
    }
    throw new ModelException(
        ModelException.Kind.UNSUPPORTED,
        "ONNX graph: a constant of a type that no encoder's weights or sizes have");
  }

  private static OnnxValue.Type kind(String attribute) {
    return attribute.startsWith("value_float") ? OnnxValue.Type.REAL : OnnxValue.Type.INTEGER;
  }

  private OnnxValue constantOfShape() {
    int[] shape = fixed(0).integers();
    OnnxConstant value = node.attributes().tensors().get("value");
    double[] out = new double[OnnxShape.count(shape)];
    if (value != null) {
      if (value.data().length() != 1) {
        throw OnnxShape.bad("a constant of " + value.data().length() + " values");
      }
      Arrays.fill(out, value.data().raw(0));
    }
    return OnnxValue.of(
        OnnxBase.constant(out), value == null ? OnnxValue.Type.REAL : value.type(), shape);
  }

  /** Numbers keep their float64 value, so that only a change of kind matters. */
  private OnnxValue cast(OnnxValue x, OnnxValue.Type to) {
    boolean same = x.type() == to || x.type() == OnnxValue.Type.TRUTH || to == OnnxValue.Type.REAL;
    if (same) {
      return x.typed(to);
    }
    DoubleUnaryOperator f =
        to == OnnxValue.Type.TRUTH
            ? v -> v != 0 ? 1 : 0
            : v -> v < 0 ? Math.ceil(v) : Math.floor(v);
    boolean changes = false;
    for (int i = 0; i < x.length(); i++) {
      changes |= f.applyAsDouble(x.get(i)) != x.get(i);
    }
    return changes ? OnnxArithmetic.apply("Cast", f, x).typed(to) : x.typed(to);
  }

  private OnnxValue shape() {
    int rank = in(0).rank();
    int start = bound(node.attributes().integer("start", 0), rank);
    int end = bound(node.attributes().integer("end", rank), rank);
    int[] sizes = Arrays.copyOfRange(in(0).shape(), start, Math.max(start, end));
    return numbers(Arrays.stream(sizes).asDoubleStream().toArray());
  }

  private static int bound(int at, int rank) {
    return Math.max(0, Math.min(rank, at < 0 ? at + rank : at));
  }

  private OnnxValue range() {
    double start = fixed(0).get(0);
    double step = fixed(2).get(0);
    double count = Math.max(0, Math.ceil((fixed(1).get(0) - start) / step));
    if (!(count <= OnnxShape.LENGTH_MAX)) {
      throw OnnxShape.bad("a range of " + count + " numbers");
    }
    double[] out = new double[(int) count];
    for (int i = 0; i < out.length; i++) {
      out[i] = start + i * step;
    }
    return numbers(out).typed(in(0).type());
  }

  private OnnxValue unsqueeze() {
    int[] axes = integers(1, "axes");
    if (axes == null) {
      throw OnnxShape.bad("unsqueeze without axes");
    }
    return OnnxLayout.unsqueeze(in(0), axes);
  }

  private OnnxValue expand() {
    int[] wanted = fixed(1).integers();
    return OnnxShape.expand(in(0), OnnxShape.broadcast(in(0).shape(), wanted));
  }

  private OnnxValue slice() {
    double[] starts = reals(1, "starts");
    double[] ends = reals(2, "ends");
    if (starts == null || ends == null) {
      throw OnnxShape.bad("slice without starts and ends");
    }
    OnnxValue steps = optional(4);
    return OnnxLayout.slice(
        in(0), starts, ends, integers(3, "axes"), steps == null ? null : fixed(4).numbers());
  }

  private double @Nullable [] reals(int input, String attribute) {
    if (optional(input) != null) {
      return fixed(input).numbers();
    }
    List<Double> list = node.attributes().lists().get(attribute);
    return list == null ? null : list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private OnnxValue gather() {
    OnnxValue x = in(0);
    OnnxValue indices = in(1);
    if (indices.isConstant()) {
      return OnnxLayout.gather(x, indices, axis(0));
    }
    OnnxValue row = OnnxLayout.gather(x, indices, axis(0));
    boolean table = x.isConstant() && x.rank() == 2 && axis(0) == 0 && x.index() == null;
    OnnxValue ids = OnnxArithmetic.picked(indices);
    OnnxMeaning meaning =
        table
            ? new OnnxMeaning.Embedded(x.base(), x.last(), ids.base())
            : new OnnxMeaning.Other(node.label());
    int from = x.base().inputs() | indices.base().inputs();
    return OnnxValue.of(OnnxBase.of(row.numbers(), from, meaning), x.type(), row.shape());
  }

  private OnnxValue clip() {
    OnnxValue x = in(0);
    OnnxValue low = optional(1);
    OnnxValue high = optional(2);
    double min =
        low == null ? node.attributes().number("min", Double.NEGATIVE_INFINITY) : low.get(0);
    double max =
        high == null ? node.attributes().number("max", Double.POSITIVE_INFINITY) : high.get(0);
    boolean inside = true;
    for (int i = 0; i < x.length(); i++) {
      inside &= x.get(i) >= min && x.get(i) <= max;
    }
    return inside && !x.isConstant() && OnnxRole.maskAlone(x.base().inputs())
        ? x
        : OnnxArithmetic.apply("Clip", v -> Math.max(min, Math.min(max, v)), x);
  }

  private OnnxValue cumSum() {
    OnnxValue x = in(0);
    int axis = OnnxShape.axis(fixed(1).integers()[0], x.rank());
    if (node.attributes().integer("exclusive", 0) != 0
        || node.attributes().integer("reverse", 0) != 0) {
      throw OnnxRefusal.operator(node);
    }
    int stride = OnnxShape.strides(x.shape())[axis];
    double[] out = x.numbers();
    for (int i = 0; i < out.length; i++) {
      out[i] += i / stride % x.shape()[axis] == 0 ? 0 : out[i - stride];
    }
    return other(x, out);
  }

  private OnnxValue trilu() {
    OnnxValue x = in(0);
    int k = optional(1) == null ? 0 : fixed(1).integers()[0];
    boolean upper = node.attributes().integer("upper", 1) != 0;
    int columns = x.last();
    int rows = x.shape()[x.rank() - 2];
    double[] out = x.numbers();
    for (int i = 0; i < out.length; i++) {
      int over = i % columns - i / columns % rows;
      out[i] = (upper ? over >= k : over <= k) ? out[i] : 0;
    }
    return other(x, out);
  }

  private OnnxValue other(OnnxValue x, double[] out) {
    OnnxBase base =
        x.isConstant()
            ? OnnxBase.constant(out)
            : OnnxBase.of(out, x.base().inputs(), new OnnxMeaning.Other(node.label()));
    return OnnxValue.of(base, x.type(), x.shape());
  }

  private OnnxValue softmax() {
    OnnxValue x = in(0);
    int axis = OnnxShape.axis(axis(operatorSet < 13 ? 1 : -1), x.rank());
    boolean innermost = axis == x.rank() - 1;
    if (!innermost && operatorSet >= 13) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, "ONNX graph: a softmax over axis " + axis);
    }
    int width = OnnxShape.count(Arrays.copyOfRange(x.shape(), axis, x.rank()));
    return OnnxReduction.softmax(x, Math.max(1, width));
  }

  private OnnxValue norm() {
    OnnxValue x = in(0);
    int axis = OnnxShape.axis(axis(-1), x.rank());
    if (axis != x.rank() - 1) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED, "ONNX graph: a LayerNorm over several dimensions");
    }
    double[] gamma = vector(fixed(1), x.last());
    double[] beta = optional(2) == null ? new double[x.last()] : vector(fixed(2), x.last());
    return OnnxReduction.norm(x, gamma, beta, node.attributes().number("epsilon", 1e-5));
  }

  private static double[] vector(OnnxValue value, int width) {
    if (value.length() != width || width == 0) {
      throw OnnxShape.bad("a vector of " + value.length() + " for rows of " + width);
    }
    return value.numbers();
  }

  private OnnxValue unit() {
    if (OnnxShape.axis(axis(-1), in(0).rank()) != in(0).rank() - 1
        || node.attributes().integer("p", 2) != 2
        || in(0).last() == 0) {
      throw OnnxRefusal.operator(node);
    }
    return OnnxReduction.unit(in(0));
  }

  private OnnxValue gemm() {
    OnnxAttributes a = node.attributes();
    OnnxValue x = in(0);
    if (x.rank() != 2 || in(1).rank() != 2) {
      throw OnnxShape.bad("a product of values that are no matrices");
    }
    if (a.integer("transA", 0) != 0) {
      x = OnnxLayout.transpose(x, null);
    }
    boolean turned = a.integer("transB", 0) != 0;
    OnnxValue weight = in(1);
    OnnxValue y =
        weight.isConstant() && !x.isConstant()
            ? products.gemm(x, weight, turned)
            : products.product(
                x, turned ? OnnxLayout.transpose(weight, null) : weight, node.label());
    y = scaled(y, a.number("alpha", 1));
    OnnxValue c = optional(2);
    return c == null
        ? y
        : OnnxArithmetic.apply("Add", Double::sum, y, scaled(c, a.number("beta", 1)));
  }

  private static OnnxValue scaled(OnnxValue x, double factor) {
    return factor == 1
        ? x
        : OnnxArithmetic.apply("Mul", (a, b) -> a * b, x, numbers(factor).reshaped());
  }

  private List<OnnxValue> split() {
    int axis = axis(0);
    int[] sizes = integers(1, "split");
    if (sizes == null) {
      int parts = node.attributes().integer("num_outputs", node.outputs().size());
      int size = in(0).shape()[OnnxShape.axis(axis, in(0).rank())];
      if (parts < 1) {
        throw OnnxShape.bad("split into " + parts);
      }
      int each = (size + parts - 1) / parts;
      sizes = new int[parts];
      for (int i = 0; i < parts; i++) {
        sizes[i] = Math.max(0, Math.min(each, size - i * each));
      }
    }
    return OnnxLayout.split(in(0), axis, sizes);
  }

  /** ONNX's own Attention of operator set 23, put together from the operators before it. */
  private OnnxValue attention() {
    if (!node.domain().isEmpty() || node.outputs().size() > 1 || optional(4) != null) {
      throw OnnxRefusal.operator(node);
    }
    OnnxAttributes a = node.attributes();
    if (a.integer("is_causal", 0) != 0
        || a.number("softcap", 0) != 0
        || a.integer("q_num_heads", 0) != a.integer("kv_num_heads", 0)) {
      throw OnnxRefusal.operator(node);
    }
    boolean flat = in(0).rank() == 3;
    OnnxValue q = heads(in(0));
    OnnxValue k = heads(in(1));
    OnnxValue v = heads(in(2));
    double root = Math.pow(a.number("scale", 1 / Math.sqrt(q.last())), 0.5);
    OnnxValue turned = OnnxLayout.transpose(k, new int[] {0, 1, 3, 2});
    OnnxValue scores = products.product(scaled(q, root), scaled(turned, root), node.label());
    OnnxValue mask = optional(3);
    if (mask != null) {
      OnnxValue added =
          mask.type() == OnnxValue.Type.TRUTH
              ? OnnxArithmetic.where(mask, real(0), real(Double.NEGATIVE_INFINITY), node.label())
              : mask;
      scores = OnnxArithmetic.apply("Add", Double::sum, scores, added);
    }
    OnnxValue weights = OnnxReduction.softmax(scores, scores.last());
    OnnxValue out = products.product(weights, v, node.label());
    if (!flat) {
      return out;
    }
    OnnxValue joined = OnnxLayout.transpose(out, new int[] {0, 2, 1, 3});
    return joined.reshaped(in(0).shape()[0], in(0).shape()[1], v.shape()[1] * v.last());
  }

  private static OnnxValue real(double value) {
    return numbers(value).reshaped().typed(OnnxValue.Type.REAL);
  }

  private OnnxValue heads(OnnxValue x) {
    if (x.rank() == 4) {
      return x;
    }
    int heads = node.attributes().integer("q_num_heads", 0);
    if (x.rank() != 3 || heads < 1 || x.last() % heads != 0) {
      throw OnnxShape.bad("attention of " + heads + " heads over " + Arrays.toString(x.shape()));
    }
    int[] s = x.shape();
    return OnnxLayout.transpose(
        x.reshaped(s[0], s[1], heads, s[2] / heads), new int[] {0, 2, 1, 3});
  }
}
