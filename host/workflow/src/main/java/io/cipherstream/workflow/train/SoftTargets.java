package io.cipherstream.workflow.train;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A teacher's logits of every example of a list, computed once, since the same examples are used in
 * many epochs.
 *
 * @param outputs values per example, or per token
 * @param row values that are kept of each example: outputs, or of token labels those of the longest
 *     example, padded
 * @param logits [examples][row], row-major; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record SoftTargets(int outputs, int row, float[] logits) {

  /**
   * The outputs of a teacher, see {@link Predictor#run(List)}.
   *
   * @param outputs values per example, or per token
   */
  public static SoftTargets of(int outputs, double[][] found) {
    int row = Arrays.stream(found).mapToInt(f -> f.length).max().orElse(outputs);
    float[] logits = new float[found.length * row];
    for (int i = 0; i < found.length; i++) {
      for (int k = 0; k < found[i].length; k++) {
        logits[i * row + k] = (float) found[i][k];
      }
    }
    return new SoftTargets(outputs, row, logits);
  }

  /** The rows of a batch, [batch, outputs], or [batch, tokens, outputs] of token labels. */
  Tensor of(Batch batch) {
    int count = batch.indices().length;
    boolean words = batch.targets().dim() == 2;
    int taken = words ? Math.toIntExact(batch.tokens()) * outputs : row;
    float[] rows = new float[count * taken];
    for (int b = 0; b < count; b++) {
      System.arraycopy(logits, batch.indices()[b] * row, rows, b * taken, taken);
    }
    return words
        ? Torch.floats(rows, count, batch.tokens(), outputs)
        : Torch.floats(rows, count, outputs);
  }
}
