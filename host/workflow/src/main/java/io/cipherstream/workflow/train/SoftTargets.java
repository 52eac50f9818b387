package io.cipherstream.workflow.train;

import org.bytedeco.pytorch.Tensor;

/**
 * A teacher's logits of every example of a list, computed once, since the same examples are used in
 * many epochs.
 *
 * @param outputs values per example
 * @param logits [examples][outputs], row-major; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record SoftTargets(int outputs, float[] logits) {

  /** The rows of a batch, [batch, outputs]. */
  Tensor of(Batch batch) {
    float[] rows = new float[batch.indices().length * outputs];
    for (int b = 0; b < batch.indices().length; b++) {
      System.arraycopy(logits, batch.indices()[b] * outputs, rows, b * outputs, outputs);
    }
    return Torch.floats(rows, batch.indices().length, outputs);
  }
}
