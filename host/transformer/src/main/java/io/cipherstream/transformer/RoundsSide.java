package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The client's side of the interactive modes. */
final class RoundsSide implements ClientSide {

  /**
   * Factor by which a decrypted value may exceed the largest one of calibration without a warning.
   */
  static final double WARNING_FACTOR = 8;

  private final ModelContext context;
  private final int tokens;
  private final ClientSlots slots;
  private final ClientAttention attention;
  private final List<String> warnings = new ArrayList<>();

  RoundsSide(ModelContext context, int tokens) {
    this.context = context;
    this.tokens = tokens;
    this.slots = new ClientSlots(context, tokens);
    this.attention = new ClientAttention(context, tokens);
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return slots.pack(rows, context.packing().hidden());
  }

  @Override
  public List<double[]> answer(Round round, List<double[]> down) {
    watch(round, down);
    return switch (round.operation()) {
      case SOFTMAX -> attention.softmax(down);
      case KERNEL -> attention.kernel(down);
      case HINGES -> attention.hinges(down);
      case RECIPROCAL -> attention.reciprocals(down);
      case NORMALIZE, REFRESH -> slots.restore(down);
      case ACTIVATION -> slots.activate(down);
      case POOL -> slots.pool(down);
      case TANH, RELU, GELU -> slots.pooler(down);
    };
  }

  /** Records a decrypted value far beyond the calibrated range; the answer is sent nevertheless. */
  private void watch(Round spec, List<double[]> down) {
    double bound = WARNING_FACTOR * context.scales().calibrated(spec);
    double largest = 0;
    for (double[] vector : down) {
      for (double value : vector) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    if (!(largest <= bound)) {
      warnings.add(
          String.format(
              "layer %d, %s: a value of %.3g is beyond %.3g, %g times the largest of calibration;"
                  + " the result may be wrong",
              spec.layer(), spec.operation().label(), largest, bound, WARNING_FACTOR));
    }
  }

  /** Rows without a token are ignored. */
  @Override
  public double[][] rows(List<double[]> result) {
    return Arrays.copyOf(
        slots.unpack(result, context.packing().outputs()), context.shape().outputRows(tokens));
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }
}
