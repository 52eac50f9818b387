package io.cipherstream.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a client encrypts of a text for {@link SealedProgram}, and reads of the answer, in plain
 * slots.
 */
final class SealedInput {

  private SealedInput() {}

  /**
   * The repeated mean, then for each chunk its rows and its weights.
   *
   * @param x embedded and normalised rows of all tokens, [tokens][width]
   * @param chunks enough for them
   */
  static List<double[]> of(SealedLayout layout, double[][] x, int chunks) {
    double[] mean = new double[layout.width()];
    for (double[] row : x) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / x.length;
      }
    }
    List<double[]> slots = new ArrayList<>(List.of(layout.repeat(mean)));
    for (int c = 0; c < chunks; c++) {
      slots.add(layout.pack(x, c));
      slots.add(layout.weights(x.length, c, chunks));
    }
    return slots;
  }

  /**
   * The value that an answer holds in every slot: the mean of all but row 0, where key switching
   * errs most.
   */
  static double output(SealedLayout layout, double[] slots) {
    return Arrays.stream(slots, layout.features(), slots.length).average().orElseThrow();
  }
}
