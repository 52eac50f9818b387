package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The client's side of a CQ, for one text or for several that share a chunk. */
final class SealedSide implements RoundlessSide {

  private final ShallowContext context;
  private final int[] tokenCounts;

  /**
   * @param tokenCounts of the texts that share a chunk; of one text that has it alone anything
   */
  SealedSide(ShallowContext context, int[] tokenCounts) {
    this.context = context;
    this.tokenCounts = tokenCounts.clone();
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    if (!context.takesManyTexts()) {
      return SealedInput.of(context.layout(), rows, context.chunks());
    }
    List<double[][]> texts = new ArrayList<>();
    int from = 0;
    for (int count : tokenCounts) {
      texts.add(Arrays.copyOfRange(rows, from, from + count));
      from += count;
    }
    return SealedInput.shared(context.layout(), texts);
  }

  /** One row a text. */
  @Override
  public double[][] rows(List<double[]> result) {
    int texts = context.takesManyTexts() ? tokenCounts.length : 1;
    int outputs = context.sizes().outputs();
    double[][] rows = new double[texts][];
    for (int text = 0; text < texts; text++) {
      double[] values =
          result.subList(text * outputs, (text + 1) * outputs).stream()
              .mapToDouble(slots -> SealedInput.output(context.layout(), slots))
              .toArray();
      rows[text] = SealedInput.rows(context.shape(), values)[0];
    }
    return rows;
  }
}
