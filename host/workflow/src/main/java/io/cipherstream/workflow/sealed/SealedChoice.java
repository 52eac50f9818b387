package io.cipherstream.workflow.sealed;

import io.cipherstream.workflow.convert.ConversionException;
import java.util.Comparator;
import java.util.List;

/**
 * The trained models and the chosen one.
 *
 * @param trials all of them, in the order they were made
 * @param kept the best seed of the cheapest spec within the budget
 */
public record SealedChoice(List<SealedTrial> trials, SealedTrial kept) {

  public SealedChoice {
    trials = List.copyOf(trials);
  }

  /**
   * Chooses the spec with the fewest levels of which a seed is within the budget of the best
   * held-out score, and the best seed of that spec.
   *
   * @param budget how much lower its score may be
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
