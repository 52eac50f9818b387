package io.cipherstream.workflow.data;

import java.util.List;

/**
 * A sentence of words with one label each.
 *
 * @param line line of the first word in its file, from 1
 * @param words the words as written in the file
 * @param labels one index per word
 */
public record WordsExample(int line, List<String> words, List<Integer> labels) {

  /**
   * @throws DataException of kind ROW if there are not as many labels as words
   */
  public WordsExample {
    words = List.copyOf(words);
    labels = List.copyOf(labels);
    if (words.size() != labels.size()) {
      throw new DataException(
          DataException.Kind.ROW, words.size() + " words with " + labels.size() + " labels");
    }
  }
}
