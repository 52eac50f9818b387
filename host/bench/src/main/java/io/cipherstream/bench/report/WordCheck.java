package io.cipherstream.bench.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds the words that engines computed for the same case against each other. */
public final class WordCheck {

  private WordCheck() {}

  /**
   * The measurements with {@link Measurement#wordsEqual} set wherever at least two engines gave
   * words for the same case.
   *
   * @param order engines, the reference first; an engine not in it comes last
   */
  public static List<Measurement> check(List<Measurement> measurements, List<String> order) {
    Map<BenchCase, Measurement> references = new HashMap<>();
    for (Measurement m : measurements) {
      if (m.wordsDigest() != null) {
        references.merge(m.what().words(), m, (a, b) -> rank(order, b) < rank(order, a) ? b : a);
      }
    }
    return measurements.stream().map(m -> checked(m, references.get(m.what().words()))).toList();
  }

  private static Measurement checked(Measurement m, @Nullable Measurement reference) {
    if (m.wordsDigest() == null
        || reference == null
        || reference.what().engine().equals(m.what().engine())) {
      return m;
    }
    return m.withWordsEqual(m.wordsDigest().equals(reference.wordsDigest()));
  }

  private static int rank(List<String> order, Measurement m) {
    int at = order.indexOf(m.what().engine());
    return at < 0 ? order.size() : at;
  }
}
