package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * The order of examples. Batches of a training have texts of similar length, since padding costs as
 * much as words: an epoch is shuffled, divided into chunks of {@value #CHUNK} batches, each chunk
 * sorted by length, and the batches shuffled again.
 */
final class Batches {

  private static final int CHUNK = 50;

  private Batches() {}

  /** One epoch; the same seed and epoch give the same order. The last, smaller batch is kept. */
  static List<int[]> epoch(List<Example> examples, int batch, long seed, int epoch) {
    Random random = new Random(seed * 1_000_003L + epoch);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    List<int[]> out = new ArrayList<>();
    for (int from = 0; from < order.size(); from += CHUNK * batch) {
      List<Integer> chunk = order.subList(from, Math.min(order.size(), from + CHUNK * batch));
      chunk.sort(Comparator.comparingInt(i -> examples.get(i).length()));
      cut(chunk, batch, out);
    }
    Collections.shuffle(out, random);
    return out;
  }

  /** All examples, shortest first. */
  static List<int[]> sorted(List<Example> examples, int batch) {
    Integer[] order = new Integer[examples.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(i -> examples.get(i).length()));
    List<int[]> out = new ArrayList<>();
    cut(Arrays.asList(order), batch, out);
    return out;
  }

  private static void cut(List<Integer> order, int batch, List<int[]> out) {
    for (int from = 0; from < order.size(); from += batch) {
      out.add(
          order.subList(from, Math.min(order.size(), from + batch)).stream()
              .mapToInt(Integer::intValue)
              .toArray());
    }
  }
}
