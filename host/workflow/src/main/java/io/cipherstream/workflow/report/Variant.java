package io.cipherstream.workflow.report;

import io.cipherstream.workflow.metric.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's figures. Trainings that differ in nothing but their seed are variants of one role and
 * name.
 *
 * @param role what it is compared as
 * @param name such as {@code ReLU + THE-X attention}
 * @param seed of its training; 0 where nothing is random
 * @param seconds its training took
 * @param scores on the development set, the one to compare by first; all variants have the same
 * @param predictions on the development set, from which differences are paired; null if not kept
 */
public record Variant(
    Role role,
    String name,
    long seed,
    double seconds,
    List<Score> scores,
    @Nullable Predictions predictions) {

  /** What a variant is compared as. */
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
