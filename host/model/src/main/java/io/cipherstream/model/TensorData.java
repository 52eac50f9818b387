package io.cipherstream.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One tensor's little-endian words with its shape.
 *
 * @param name for messages
 * @param shape sizes, outermost first; not to be changed
 * @param bytes exactly the tensor's words, position 0 to limit
 */
@SuppressWarnings("ArrayRecordComponent")
public record TensorData(String name, TensorType type, int[] shape, ByteBuffer bytes) {

  public TensorData {
    bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of values. */
  public int length() {
    return bytes.limit() / type.bytes();
  }

  /**
   * @throws ModelException of kind SHAPE if the tensor has another shape
   */
  public TensorData expect(int... expected) {
    if (!Arrays.equals(shape, expected)) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "tensor '"
              + name
              + "' has shape "
              + Arrays.toString(shape)
              + ": expected "
              + Arrays.toString(expected));
    }
    return this;
  }

  /**
   * @throws ModelException of kind SHAPE if the tensor has another number of dimensions
   */
  public TensorData expectDimensions(int dimensions) {
    if (shape.length != dimensions) {
      throw new ModelException(
          ModelException.Kind.SHAPE,
          "tensor '"
              + name
              + "' has shape "
              + Arrays.toString(shape)
              + ": expected "
              + dimensions
              + " dimensions");
    }
    return this;
  }

  /**
   * The values as doubles.
   *
   * @throws ModelException of kind VALUE if one is NaN or infinite, UNSUPPORTED for integers
   */
  public double[] doubles() {
    double[] out = new double[length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = finite(raw(i), i);
    }
    return out;
  }

  /**
   * The values as floats (F64 is rounded to nearest).
   *
   * @throws ModelException of kind VALUE if one is NaN or infinite, UNSUPPORTED for integers
   */
  public float[] floats() {
    float[] out = new float[length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) finite((float) raw(i), i);
    }
    return out;
  }

  /**
   * The values of an integer tensor.
   *
   * @throws ModelException of kind UNSUPPORTED for another type than I64
   */
  public long[] longs() {
    if (type != TensorType.I64) {
      throw unsupported("I64");
    }
    long[] out = new long[length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes.getLong(8 * i);
    }
    return out;
  }

  /**
   * A two-dimensional tensor as a table; halves stay halves.
   *
   * @throws ModelException of kind SHAPE, VALUE or UNSUPPORTED
   */
  public FloatTable table() {
    expectDimensions(2);
    if (type != TensorType.F16) {
      return FloatTable.of(shape[0], shape[1], floats());
    }
    short[] words = new short[length()];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(words);
    for (int i = 0; i < words.length; i++) {
      if ((words[i] & 0x7C00) == 0x7C00) {
        finite(HalfFloat.toFloat(words[i]), i);
      }
    }
    return FloatTable.ofHalf(shape[0], shape[1], words);
  }

  double raw(int i) {
    return switch (type) {
      case F16 -> HalfFloat.toFloat(bytes.getShort(2 * i));
      case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
      case F32 -> bytes.getFloat(4 * i);
      case F64 -> bytes.getDouble(8 * i);
      case I64 -> throw unsupported("F16, BF16, F32 or F64");
    };
  }

  private ModelException unsupported(String expected) {
    return new ModelException(
        ModelException.Kind.UNSUPPORTED,
        "tensor '" + name + "' has type " + type + ": expected " + expected);
  }

  private double finite(double value, int index) {
    if (!Double.isFinite(value)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "tensor '" + name + "' holds " + value + " at index " + index + ": weights are finite");
    }
    return value;
  }
}
