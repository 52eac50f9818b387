package io.cipherstream.transformer;

import java.util.List;

/** The client's side of an AA: what it encrypts of a text; answers are read as a CA's. */
final class TransformerSide implements RoundlessSide {

  private final AttentionLayout attention;
  private final DeepSide second;

  TransformerSide(TransformerContext context) {
    this.attention = context.attention();
    this.second = new DeepSide(context.second());
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return List.of(
        attention.repeated(rows),
        attention.shifted(rows),
        attention.shiftedWeights(rows.length),
        attention.weights(rows.length));
  }

  @Override
  public double[][] rows(List<double[]> result) {
    return second.rows(result);
  }
}
