package io.cipherstream.transformer;

import io.cipherstream.model.sealed.MergedEncoder;
import java.util.List;

/** The client's side of a sealed model: it encrypts a text once and reads one answer. */
final class SealedSide implements ClientSide {

  private final SealedContext context;

  SealedSide(SealedContext context) {
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

  /**
   * Of two classes the appliance sends the difference d of the logits: −d/2 and d/2 stand for it.
   */
  @Override
  public double[][] rows(List<double[]> result) {
    double[] values =
        result.stream().mapToDouble(slots -> SealedInput.output(context.layout(), slots)).toArray();
    if (MergedEncoder.differs(context.shape())) {
      return new double[][] {{-values[0] / 2, values[0] / 2}};
    }
    return new double[][] {values};
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
