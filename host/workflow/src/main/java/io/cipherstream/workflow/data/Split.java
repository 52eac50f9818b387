package io.cipherstream.workflow.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Training examples and held-out ones. Choices (early stop, which stage) are made on the latter, so
 * that the development set stays untouched.
 *
 * @param training examples to train on
 * @param heldOut examples to make choices on
 */
public record Split<E>(List<E> training, List<E> heldOut) {

  public Split {
    training = List.copyOf(training);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Holds about a share of texts out. Examples with the same text stay together, so that no
   * held-out text is trained on; both parts keep the file's order. The same examples, share and
   * seed give the same split on every machine.
   *
   * @param share of the examples, above 0 and at most one half
   * @throws DataException of kind TASK for another share, EMPTY if a part would be empty
   */
  public static Split<TextExample> texts(List<TextExample> examples, double share, long seed) {
    return by(examples, Corpus::texts, share, seed);
  }

  /** As {@link #texts} for sentences of labelled words. */
  public static Split<WordsExample> words(List<WordsExample> examples, double share, long seed) {
    return by(examples, WordsExample::words, share, seed);
  }

  private static <E> Split<E> by(
      List<E> examples, Function<E, Object> text, double share, long seed) {
    if (!(share > 0 && share <= 0.5)) {
      throw new DataException(
          DataException.Kind.TASK, "held-out share " + share + ": expected above 0, at most 0.5");
    }
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      groups.computeIfAbsent(text.apply(examples.get(i)), t -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> order = new ArrayList<>(groups.values());
    Collections.shuffle(order, new Random(seed));
    long wanted = Math.max(1, Math.round(share * examples.size()));
    boolean[] held = new boolean[examples.size()];
    int count = 0;
    for (int g = 0; g < order.size() && count < wanted; g++) {
      for (int i : order.get(g)) {
        held[i] = true;
        count++;
      }
    }
    if (count == 0 || count == examples.size()) {
      throw new DataException(
          DataException.Kind.EMPTY,
          examples.size()
              + " examples with "
              + order.size()
              + " different texts: too few to hold any out");
    }
    List<E> training = new ArrayList<>();
    List<E> heldOut = new ArrayList<>();
    for (int i = 0; i < held.length; i++) {
      (held[i] ? heldOut : training).add(examples.get(i));
    }
    return new Split<>(training, heldOut);
  }
}
