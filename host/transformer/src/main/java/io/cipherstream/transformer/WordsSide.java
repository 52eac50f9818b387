package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.List;

/** The client's side of a sealed model of word labels. */
final class WordsSide implements RoundlessSide {

  private final WordsContext context;

  WordsSide(WordsContext context) {
    this.context = context;
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    SealedLayout layout = context.layout();
    List<double[]> slots = new ArrayList<>(List.of(layout.repeatHalves(SealedInput.mean(rows))));
    for (int c = 0; c < context.chunks(); c++) {
      slots.add(layout.pairs(rows, c));
    }
    return slots;
  }

  /** One row a token of the longest text that fits. */
  @Override
  public double[][] rows(List<double[]> result) {
    double[][] rows = new double[context.tokens()][];
    int outputs = context.sizes().outputs();
    for (int t = 0; t < rows.length; t++) {
      int chunk = context.layout().chunkOf(t, context.chunks());
      int row = context.layout().rowOf(t, context.chunks());
      double[] values = new double[outputs];
      for (int j = 0; j < outputs; j++) {
        values[j] = result.get(context.answer(chunk))[row + context.place(chunk, j)];
      }
      rows[t] = SealedInput.rows(context.shape(), values)[0];
    }
    return rows;
  }
}
