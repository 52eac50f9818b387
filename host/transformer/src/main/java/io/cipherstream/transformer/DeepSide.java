package io.cipherstream.transformer;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.sealed.Sentinel;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.List;

/** The client's side of a deep sealed model, whose sentinels say that a text was out of range. */
final class DeepSide implements RoundlessSide {

  private final DeepContext context;

  DeepSide(DeepContext context) {
    this.context = context;
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    List<double[]> slots =
        new ArrayList<>(SealedInput.of(context.layout().rows(), rows, context.chunks()));
    if (context.asks()) {
      slots.add(1, query(rows));
    }
    return slots;
  }

  /** The inputs of [CLS]' query, as {@link DeepLayout#queryInput} defines them. */
  private double[] query(double[][] rows) {
    DeepLayout layout = context.layout();
    int width = layout.rows().width();
    double[] mean = SealedInput.mean(rows);
    double[] slots = new double[layout.rows().slots()];
    for (int s = 0; s < slots.length; s++) {
      int input = layout.queryInput(s);
      int offset = input / width;
      if (offset <= WindowMixing.REACH) {
        slots[s] = offset < rows.length ? rows[offset][input % width] : 0;
      } else if (input < layout.queryInputs()) {
        slots[s] = mean[input % width];
      }
    }
    return slots;
  }

  /**
   * @throws ModelException of kind OUT_OF_RANGE if a sentinel is beyond 1
   */
  @Override
  public double[][] rows(List<double[]> result) {
    int answers = context.outputs() + context.sentinels().size();
    double[] values = PairedAnswers.read(context.layout().rows(), result, answers);
    for (int i = 0; i < context.sentinels().size(); i++) {
      Sentinel sentinel = context.sentinels().get(i);
      double value = values[context.outputs() + i];
      if (!sentinel.holds(value)) {
        throw new ModelException(
            ModelException.Kind.OUT_OF_RANGE,
            String.format(
                "out-of-range: the mean square of the %s of layer %d is %.3g times its bound, so"
                    + " the answer is not to be trusted: ask a shorter or a more usual text",
                sentinel.quantity().text(), sentinel.layer() + 1, value));
      }
    }
    return SealedInput.rows(context.shape(), values);
  }
}
