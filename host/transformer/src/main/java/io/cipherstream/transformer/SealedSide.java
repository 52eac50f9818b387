package io.cipherstream.transformer;

import java.util.List;

/** The client's side of a sealed model: it encrypts a text once and reads one answer. */
final class SealedSide implements ClientSide {

  private final ShallowContext context;

  SealedSide(ShallowContext context) {
    this.context = context;
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return SealedInput.of(context.layout(), rows, context.chunks());
  }

  @Override
  public List<double[]> answer(Round round, List<double[]> down) {
    throw new IllegalStateException("a sealed inference has no rounds");
  }

  @Override
  public double[][] rows(List<double[]> result) {
    double[] values =
        result.stream().mapToDouble(slots -> SealedInput.output(context.layout(), slots)).toArray();
    return SealedInput.rows(context.shape(), values);
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
