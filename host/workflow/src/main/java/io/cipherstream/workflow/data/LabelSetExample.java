package io.cipherstream.workflow.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text, or a pair of texts, with any number of labels.
 *
 * @param line line in its file, from 1
 * @param first the text, or the pair's first
 * @param second the pair's second, null where there are no pairs
 * @param labels indices of those that are true of it, ascending
 */
public record LabelSetExample(
    int line, String first, @Nullable String second, List<Integer> labels) {

  public LabelSetExample {
    labels = List.copyOf(labels);
  }
}
