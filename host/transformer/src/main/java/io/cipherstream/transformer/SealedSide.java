package io.cipherstream.transformer;

import java.util.List;

/** The client's side of a shallow sealed model. */
final class SealedSide implements RoundlessSide {

  private final ShallowContext context;

  SealedSide(ShallowContext context) {
    this.context = context;
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return SealedInput.of(context.layout(), rows, context.chunks());
  }

  @Override
  public double[][] rows(List<double[]> result) {
    double[] values =
        result.stream().mapToDouble(slots -> SealedInput.output(context.layout(), slots)).toArray();
    return SealedInput.rows(context.shape(), values);
  }
}
