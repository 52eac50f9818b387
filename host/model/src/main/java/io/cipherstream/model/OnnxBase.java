package io.cipherstream.model;

import org.jspecify.annotations.Nullable;

/** Numbers that values of a graph are views of, and what they mean. */
final class OnnxBase {

  /**
   * Most operations number by number behind one another, over all layers; 48 layers have some 600.
   * Formulas are walked by recursion, which this bounds.
   */
  static final int CHAIN_MAX = 2000;

  private final double @Nullable [] values;
  private final @Nullable TensorData data;
  private final int chain;
  private final int length;
  private final int inputs;
  private final OnnxMeaning meaning;

  private OnnxBase(
      double @Nullable [] values,
      @Nullable TensorData data,
      int length,
      int inputs,
      OnnxMeaning meaning) {
    this.values = values;
    this.data = data;
    this.length = length;
    this.inputs = inputs;
    this.meaning = meaning;
    this.chain = chain(meaning);
    if (chain > CHAIN_MAX) {
      throw OnnxRefusal.unsupported(
          "more than " + CHAIN_MAX + " operations number by number behind one another");
    }
  }

  private static int chain(OnnxMeaning meaning) {
    if (meaning instanceof OnnxMeaning.WithConstant with) {
      return 1 + with.x().chain;
    }
    if (meaning instanceof OnnxMeaning.Pair pair) {
      return 1 + Math.max(pair.a().chain, pair.b().chain);
    }
    if (meaning instanceof OnnxMeaning.Function function) {
      return 1 + function.x().chain;
    }
    return meaning instanceof OnnxMeaning.Picked picked ? 1 + picked.x().chain : 0;
  }

  /** A tensor of the file. */
  static OnnxBase of(TensorData data) {
    return new OnnxBase(null, data, data.length(), 0, new OnnxMeaning.Constant());
  }

  /** Numbers that are the same whatever the graph is fed with. */
  static OnnxBase constant(double[] values) {
    return new OnnxBase(values, null, values.length, 0, new OnnxMeaning.Constant());
  }

  /**
   * @param inputs bits of the {@link OnnxRole}s that have a part in it
   */
  static OnnxBase of(double[] values, int inputs, OnnxMeaning meaning) {
    return new OnnxBase(values, null, values.length, inputs, meaning);
  }

  int length() {
    return length;
  }

  /** Bits of the {@link OnnxRole}s that have a part in it; 0 for a constant. */
  int inputs() {
    return inputs;
  }

  OnnxMeaning meaning() {
    return meaning;
  }

  /** The tensor of the file that this is; null for computed numbers. */
  @Nullable TensorData data() {
    return data;
  }

  double get(int i) {
    if (values != null) {
      return values[i];
    }
    if (data == null) {
      throw new IllegalStateException("a base has numbers or a tensor");
    }
    return data.raw(i);
  }

  /** Whether both hold the same numbers, bit by bit. */
  boolean same(OnnxBase other) {
    if (this == other) {
      return true;
    }
    if (length != other.length || inputs != other.inputs) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (Double.compare(get(i), other.get(i)) != 0) {
        return false;
      }
    }
    return true;
  }
}
