package io.cipherstream.workflow.train;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The rows of a word table that a training uses. Rows that occur in no example get no gradient and,
 * without weight decay, never change. Leaving them out saves the optimizer time and memory (for
 * MiniLM on SST-2, 5 M instead of 11.7 M weights) and changes nothing else. Immutable.
 */
public final class VocabularyMap {

  private final int[] used;
  private final int[] rowOf;

  private VocabularyMap(BitSet ids, int vocabulary) {
    this.used = ids.stream().toArray();
    this.rowOf = new int[vocabulary];
    Arrays.fill(rowOf, -1);
    for (int row = 0; row < used.length; row++) {
      rowOf[used[row]] = row;
    }
  }

  /** The rows of all examples. */
  public static VocabularyMap of(List<List<Example>> lists, int vocabulary) {
    BitSet ids = new BitSet(vocabulary);
    for (List<Example> list : lists) {
      for (Example example : list) {
        for (int id : example.ids()) {
          if (id < 0 || id >= vocabulary) {
            throw outside(id, vocabulary);
          }
          ids.set(id);
        }
      }
    }
    return new VocabularyMap(ids, vocabulary);
  }

  /** Every row. */
  public static VocabularyMap all(int vocabulary) {
    BitSet ids = new BitSet(vocabulary);
    ids.set(0, vocabulary);
    return new VocabularyMap(ids, vocabulary);
  }

  /** The word pieces, ascending; row r of the small table is row used[r] of the whole one. */
  public int[] used() {
    return used.clone();
  }

  /** Number of rows in the small table. */
  public int size() {
    return used.length;
  }

  /**
   * @throws TrainingException of kind OPTIONS for a word piece that was not among the examples
   */
  int row(int id) {
    if (id < 0 || id >= rowOf.length) {
      throw outside(id, rowOf.length);
    }
    if (rowOf[id] < 0) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS, "word piece " + id + " is not among the examples'");
    }
    return rowOf[id];
  }

  private static TrainingException outside(int id, int vocabulary) {
    return new TrainingException(
        TrainingException.Kind.OPTIONS,
        "word piece "
            + id
            + ": expected 0 to "
            + (vocabulary - 1)
            + "; is the tokenizer another model's?");
  }
}
