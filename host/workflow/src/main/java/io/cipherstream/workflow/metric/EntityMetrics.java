package io.cipherstream.workflow.metric;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Precision, recall and F1 of entities by CoNLL's definition: a predicted entity is correct if its
 * type and both its ends are. Equals seqeval in its default mode. Immutable.
 */
public final class EntityMetrics {

  /**
   * Counts of entities and the shares that follow from them; a share of nothing is 0.
   *
   * @param right correctly predicted entities
   * @param predicted predicted entities
   * @param there true entities
   */
  public record Counts(long right, long predicted, long there) {

    public double precision() {
      return predicted == 0 ? 0 : (double) right / predicted;
    }

    public double recall() {
      return there == 0 ? 0 : (double) right / there;
    }

    /** 2·right / (predicted + there). */
    public double f1() {
      return predicted + there == 0 ? 0 : 2.0 * right / (predicted + there);
    }

    Counts plus(Counts other) {
      return new Counts(right + other.right, predicted + other.predicted, there + other.there);
    }
  }

  private static final Counts NONE = new Counts(0, 0, 0);

  private final SortedMap<String, Counts> byType;
  private final Counts all;

  /**
   * @param truth tags of every word of every sentence
   * @param predicted predicted tags; in all as many
   * @throws IllegalArgumentException if the sentences do not fit each other, or a tag is none
   */
  public EntityMetrics(List<List<String>> truth, List<List<String>> predicted) {
    Checks.sameSize(truth.size(), predicted.size());
    SortedMap<String, Counts> types = new TreeMap<>();
    for (int s = 0; s < truth.size(); s++) {
      Checks.sameSize(truth.get(s).size(), predicted.get(s).size());
      List<EntitySpan> there = EntitySpan.of(truth.get(s));
      Set<EntitySpan> known = new HashSet<>(there);
      there.forEach(e -> types.merge(e.type(), new Counts(0, 0, 1), Counts::plus));
      for (EntitySpan e : EntitySpan.of(predicted.get(s))) {
        types.merge(e.type(), new Counts(known.contains(e) ? 1 : 0, 1, 0), Counts::plus);
      }
    }
    byType = Collections.unmodifiableSortedMap(types);
    all = types.values().stream().reduce(NONE, Counts::plus);
  }

  /** All types together (the micro average): the task's score is its {@link Counts#f1}. */
  public Counts all() {
    return all;
  }

  /** Every type that is true or predicted. */
  public SortedMap<String, Counts> byType() {
    return byType;
  }
}
