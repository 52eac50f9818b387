package io.cipherstream.workflow.train;

import java.util.Arrays;

/**
 * Word pieces with their targets.
 *
 * @param ids word pieces, special ones included; not to be changed
 * @param segments token types, as many as ids; not to be changed
 * @param targets one class or value for the whole, or a class per token (−100: none); not to be
 *     changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Example(int[] ids, int[] segments, double[] targets) {

  /** The target of a token that has none. */
  public static final int IGNORED = -100;

  /**
   * @throws TrainingException of kind OPTIONS if the lengths do not fit
   */
  public Example {
    if (ids.length == 0
        || segments.length != ids.length
        || (targets.length != 1 && targets.length != ids.length)) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "an example of "
              + ids.length
              + " ids, "
              + segments.length
              + " segments and "
              + targets.length
              + " targets: expected as many segments, and one target or as many");
    }
  }

  /** A single text with one target. */
  public static Example of(int[] ids, double target) {
    return new Example(ids, new int[ids.length], new double[] {target});
  }

  /** Number of word pieces. */
  public int length() {
    return ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Example e
        && Arrays.equals(ids, e.ids)
        && Arrays.equals(segments, e.segments)
        && Arrays.equals(targets, e.targets);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(ids) + Arrays.hashCode(segments)) + Arrays.hashCode(targets);
  }
}
