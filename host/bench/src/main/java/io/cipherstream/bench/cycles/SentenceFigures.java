package io.cipherstream.bench.cycles;

import io.cipherstream.core.ClusterShape;

/**
 * What a card's clusters are predicted to take for a sentence.
 *
 * @param sentence the model's name
 * @param card the card's name
 * @param mode of the inference
 * @param degree N
 * @param cyclesWarm of a sentence whose keys and weights are in the card's memory
 * @param cyclesCold of the first one, which prepares them
 * @param clockMegahertz the card's target clock
 * @param clockSource what supports that clock
 * @param milliseconds cyclesWarm at that clock
 * @param butterflyUse part of the time in which the butterflies work, warm
 * @param productUse part of the time in which the product lanes work, warm
 * @param bytesMoved between clusters and memory, warm
 * @param bytesRequired what its jobs have to move whatever runs them, warm
 * @param launches of a warm sentence
 * @param launchesCold of the first one
 * @param jobs core programs of the launches of a warm sentence
 * @param shape the clusters
 */
public record SentenceFigures(
    String sentence,
    String card,
    String mode,
    int degree,
    long cyclesWarm,
    long cyclesCold,
    double clockMegahertz,
    String clockSource,
    double milliseconds,
    double butterflyUse,
    double productUse,
    long bytesMoved,
    long bytesRequired,
    int launches,
    int launchesCold,
    int jobs,
    ClusterShape shape) {

  /** Predicts a recorded sentence on a card. */
  public static SentenceFigures of(
      String sentence, String mode, Recording recording, ClusterCard card) {
    SentencePrediction warm =
        SentencePrediction.of(recording.ring(), recording.warm(), card.shape());
    SentencePrediction cold =
        SentencePrediction.of(recording.ring(), recording.cold(), card.shape());
    ClusterPrediction w = warm.total();
    return new SentenceFigures(
        sentence,
        card.name(),
        mode,
        recording.ring().degree(),
        Math.round(w.cycles()),
        Math.round(cold.total().cycles()),
        card.clockMhz(),
        ClusterCard.CLOCK_SOURCE,
        w.cycles() / (card.clockMhz() * 1e3),
        w.butterflies() / w.cycles(),
        w.products() / w.cycles(),
        w.bytesMoved(),
        warm.bytesRequired(),
        warm.launches(),
        cold.launches(),
        warm.jobs(),
        SentencePrediction.fitted(card.shape(), recording.ring().degree()));
  }
}
