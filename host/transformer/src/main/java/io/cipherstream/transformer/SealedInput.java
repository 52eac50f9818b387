package io.cipherstream.transformer;

import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The plain slots that a client encrypts of a text for a sealed program, and the reading of its
 * answer.
 */
final class SealedInput {

  private SealedInput() {}

  /**
   * The repeated mean, then for each chunk its rows, both with complex slots as {@link
   * PairedWindow} multiplies them, and its weights.
   *
   * @param x embedded and normalised rows of all tokens, [tokens][width]
   * @param chunks enough for them
   */
  static List<double[]> of(SealedLayout layout, double[][] x, int chunks) {
    List<double[]> slots = new ArrayList<>(List.of(layout.repeatHalves(mean(x))));
    for (int c = 0; c < chunks; c++) {
      slots.add(layout.pairs(x, c));
      slots.add(layout.weights(x.length, c, chunks));
    }
    return slots;
  }

  /**
   * The same of several texts that share a chunk: the repeated means, the rows, and the weights of
   * each place.
   *
   * @param texts embedded and normalised rows, [text][token][width], at most one a place
   */
  static List<double[]> shared(SealedLayout layout, List<double[][]> texts) {
    List<double[]> slots = new ArrayList<>();
    slots.add(layout.placedHalves(texts.stream().map(SealedInput::mean).toList()));
    slots.add(layout.pairs(layout.placed(texts), 0));
    for (int place = 0; place < layout.places(); place++) {
      int tokens = place < texts.size() ? texts.get(place).length : 0;
      slots.add(layout.placedWeights(tokens, place));
    }
    return slots;
  }

  /** The mean of rows. */
  static double[] mean(double[][] x) {
    double[] mean = new double[x[0].length];
    for (double[] row : x) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / x.length;
      }
    }
    return mean;
  }

  /**
   * The output rows. Of two classes the appliance sends the difference d of the logits: −d/2 and
   * d/2 stand for it.
   */
  static double[][] rows(ModelShape shape, double[] values) {
    return MergedEncoder.differs(shape)
        ? new double[][] {{-values[0] / 2, values[0] / 2}}
        : new double[][] {Arrays.copyOf(values, shape.outputs())};
  }

  /**
   * The value that an answer has in every slot: the mean of all but row 0, where key switching has
   * its largest errors.
   */
  static double output(SealedLayout layout, double[] slots) {
    return Arrays.stream(slots, layout.features(), slots.length).average().orElseThrow();
  }
}
