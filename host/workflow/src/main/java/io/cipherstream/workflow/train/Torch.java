package io.cipherstream.workflow.train;

import io.cipherstream.model.FloatTable;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** What PyTorch's Java binding leaves to its user. */
final class Torch {

  private Torch() {}

  /**
   * Sets the threads of this process: PyTorch's own, and one for OpenBLAS, whose threads compete
   * with those (measured: float32 products are 2.3 times slower with two and two).
   */
  static void threads(int count) {
    torch.set_num_threads(count);
    openblas.blas_set_num_threads(1);
  }

  /** Runs with products in a precision; FLOAT32 afterwards. */
  static <T> T in(Precision precision, Supplier<T> body) {
    boolean half = precision.resolved() == Precision.BFLOAT16;
    boolean before = torch.is_autocast_enabled(torch.DeviceType.CPU);
    torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
    torch.set_autocast_enabled(torch.DeviceType.CPU, half);
    try {
      return body.get();
    } finally {
      torch.set_autocast_enabled(torch.DeviceType.CPU, before);
      if (!before) {
        torch.clear_cache();
      }
    }
  }

  /** An independent float32 tensor. */
  static Tensor floats(float[] values, long... shape) {
    return Tensor.create(values, shape);
  }

  /** An independent tensor with the values of a double array. */
  static Tensor doubles(double[] values, long... shape) {
    return Tensor.create(values, shape);
  }

  /** Some rows of a table, [rows, columns] float32. */
  static Tensor rows(FloatTable table, int[] rows) {
    float[] values = new float[rows.length * table.columns()];
    for (int r = 0; r < rows.length; r++) {
      for (int j = 0; j < table.columns(); j++) {
        values[r * table.columns() + j] = table.get(rows[r], j);
      }
    }
    return floats(values, rows.length, table.columns());
  }

  /** The values of a tensor of any type, row-major, as float32. */
  static float[] array(Tensor tensor) {
    Tensor flat = tensor.detach().to(torch.ScalarType.Float).contiguous();
    float[] out = new float[Math.toIntExact(flat.numel())];
    FloatBuffer buffer = flat.createBuffer();
    ((Buffer) buffer).rewind();
    buffer.get(out);
    return out;
  }

  /** The values of a tensor of any type, row-major, as float64. */
  static double[] doubleArray(Tensor tensor) {
    Tensor flat = tensor.detach().to(torch.ScalarType.Double).contiguous();
    double[] out = new double[Math.toIntExact(flat.numel())];
    DoubleBuffer buffer = flat.createBuffer();
    ((Buffer) buffer).rewind();
    buffer.get(out);
    return out;
  }

  /** x·Wᵀ + b. */
  static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return torch.linear(x, weight, new TensorOptional(bias));
  }

  /** c·x. */
  static Tensor scaled(Tensor x, double c) {
    return x.mul(new Scalar(c));
  }

  /** x + c. */
  static Tensor plus(Tensor x, double c) {
    return x.add(new Scalar(c));
  }

  /** Mean of (a − b)² over the entries where mask is 1; mask has the leading dimensions of a. */
  static Tensor maskedMeanSquare(Tensor a, Tensor b, Tensor mask, long width) {
    Tensor squares = a.sub(b).square().sum(-1L).mul(mask);
    return squares.sum().div(scaled(mask.sum(), width));
  }
}
