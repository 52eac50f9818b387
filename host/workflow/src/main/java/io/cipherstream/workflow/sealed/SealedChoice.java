package io.cipherstream.workflow.sealed;

import io.cipherstream.workflow.convert.ConversionException;
import java.util.Comparator;
import java.util.List;

/**
 * What was tried and what is kept.
 *
 * @param trials all of them, in the order they were made
 * @param kept the best seed of the cheapest spec within the budget
 */
public record SealedChoice(List<SealedTrial> trials, SealedTrial kept) {

  public SealedChoice {
    trials = List.copyOf(trials);
  }

  /**
   * Keeps the spec of the fewest levels of which a seed is within the budget of the best held-out
   * score of all, and of that spec the best seed.
   *
   * @param budget how much lower it may be
   * @throws ConversionException without trials
   */
  static SealedChoice of(List<SealedTrial> trials, double budget) {
    double best =
        trials.stream()
            .mapToDouble(SealedTrial::heldOut)
            .max()
            .orElseThrow(() -> new ConversionException("no sealed model was trained"));
    SealedTrial kept =
        trials.stream()
            .filter(t -> t.heldOut() >= best - budget)
            .min(
                Comparator.comparingInt((SealedTrial t) -> t.encoder().spec().levels())
                    .thenComparing(SealedTrial::heldOut, Comparator.reverseOrder()))
            .orElseThrow();
    return new SealedChoice(trials, kept);
  }
}
