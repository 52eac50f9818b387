package io.cipherstream.transformer;

import java.util.Arrays;
import java.util.List;

/**
 * Answers of a deep sealed program, two a ciphertext: answer 2·i is the real part of all slots of
 * ciphertext i, answer 2·i + 1 the imaginary part. So a sum over all slots serves both.
 */
final class PairedAnswers {

  private PairedAnswers() {}

  /** Ciphertexts that hold so many answers. */
  static int ciphertexts(int answers) {
    return (answers + 1) / 2;
  }

  /** Whether an answer is an imaginary part. */
  static boolean isImaginary(int answer) {
    return answer % 2 == 1;
  }

  /** Complex slots, real parts first, in which all imaginary or all real parts are 0. */
  static double[] at(int answer, double[] values) {
    double[] slots = new double[2 * values.length];
    System.arraycopy(values, 0, slots, isImaginary(answer) ? values.length : 0, values.length);
    return slots;
  }

  /**
   * The answers as a client reads them: means over all slots but those of row 0, where key
   * switching has its largest errors.
   *
   * @param slots of each ciphertext, real parts first
   */
  static double[] read(SealedLayout layout, List<double[]> slots, int answers) {
    double[] values = new double[answers];
    for (int i = 0; i < answers; i++) {
      double[] both = slots.get(i / 2);
      int half = both.length / 2;
      int from = isImaginary(i) ? half : 0;
      values[i] = SealedInput.output(layout, Arrays.copyOfRange(both, from, from + half));
    }
    return values;
  }
}
