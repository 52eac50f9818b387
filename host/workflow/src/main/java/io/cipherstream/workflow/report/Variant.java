package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's figures. Trainings that differ only in their seed are variants of one role and name.
 *
 * @param role what it is compared as
 * @param name such as {@code ReLU + THE-X attention}
 * @param seed of its training; 0 if nothing is random
 * @param seconds training time
 * @param scores on the development set, the one to compare by first; all variants have the same
 * @param predictions on the development set, for paired differences; null if not stored
 */
public record Variant(
    Role role,
    String name,
    long seed,
    double seconds,
    List<Score> scores,
    @Nullable Predictions predictions) {

  /** The role of a variant in comparisons. */
  public enum Role {
    /** Predicts without reading. */
    MAJORITY,
    /** The bag of word pieces. */
    CONTROL,
    /** The model before any replacement, against which losses are counted. */
    EXACT,
    /** A model with something replaced. */
    CONVERTED
  }

  /**
   * @throws IllegalArgumentException if the name is blank, there is no score, or seconds is
   *     negative or not finite
   */
  public Variant {
    scores = List.copyOf(scores);
    if (name.isBlank() || scores.isEmpty() || !(seconds >= 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException(
          "variant '"
              + name
              + "' with scores "
              + scores
              + " after "
              + seconds
              + " s: expected a name, at least one score and a time");
    }
  }

  /** A variant without its predictions. */
  public Variant(Role role, String name, long seed, double seconds, List<Score> scores) {
    this(role, name, seed, seconds, scores, null);
  }
}
