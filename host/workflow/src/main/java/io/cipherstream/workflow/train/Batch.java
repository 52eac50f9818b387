package io.cipherstream.workflow.train;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Examples as tensors, padded to the longest of them.
 *
 * @param ids [batch, tokens] int64
 * @param segments [batch, tokens] int64
 * @param mask [batch, tokens] float32: 1 for word pieces, 0 for padding
 * @param targets [batch] float32, or [batch, tokens] with −100 where there is none
 * @param indices the examples' places in their list
 */
@SuppressWarnings("ArrayRecordComponent")
record Batch(Tensor ids, Tensor segments, Tensor mask, Tensor targets, int[] indices) {

  /** The examples at the given positions of a list; in the current PointerScope. */
  static Batch of(List<Example> examples, int[] indices, VocabularyMap vocabulary) {
    int tokens = Arrays.stream(indices).map(i -> examples.get(i).length()).max().orElseThrow();
    int count = indices.length;
    boolean words = examples.get(indices[0]).targets().length > 1;
    long[] ids = new long[count * tokens];
    long[] segments = new long[count * tokens];
    float[] mask = new float[count * tokens];
    float[] targets = new float[words ? count * tokens : count];
    Arrays.fill(targets, Example.IGNORED);
    for (int b = 0; b < count; b++) {
      Example example = examples.get(indices[b]);
      for (int t = 0; t < example.length(); t++) {
        ids[b * tokens + t] = vocabulary.row(example.ids()[t]);
        segments[b * tokens + t] = example.segments()[t];
        mask[b * tokens + t] = 1;
        if (words) {
          targets[b * tokens + t] = (float) example.targets()[t];
        }
      }
      if (!words) {
        targets[b] = (float) example.targets()[0];
      }
    }
    long[] square = {count, tokens};
    return new Batch(
        Tensor.create(ids, square),
        Tensor.create(segments, square),
        Torch.floats(mask, square),
        words ? Torch.floats(targets, square) : Torch.floats(targets, count),
        indices);
  }

  long size() {
    return indices.length;
  }

  long tokens() {
    return ids.size(1);
  }
}
