package io.cipherstream.workflow.data;

import org.jspecify.annotations.Nullable;

/**
 * A text, or a pair of texts, with its target.
 *
 * @param line line in its file, from 1
 * @param first the text, or the pair's first
 * @param second the pair's second, null where the task has no pairs
 * @param target the class's index, or the value
 */
public record TextExample(int line, String first, @Nullable String second, double target) {

  /** The class's index; only for tasks with classes. */
  public int label() {
    return (int) target;
  }
}
