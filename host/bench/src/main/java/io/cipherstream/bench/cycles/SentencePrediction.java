package io.cipherstream.bench.cycles;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.RoundProgram;
import io.cipherstream.core.Submission;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import java.util.List;

/**
 * What the rounds of a sentence take on clusters, each round one core program and one launch. A
 * client's answer ends a round, so rounds do not overlap.
 *
 * @param rounds launches
 * @param total of all rounds
 * @param bytesRequired {@link RequiredBytes} of all rounds
 */
public record SentencePrediction(int rounds, ClusterPrediction total, long bytesRequired) {

  /**
   * Predicts rounds.
   *
   * @param shape its slots are counted in limbs of N = {@value #SLOT_DEGREE}
   */
  public static SentencePrediction of(
      LimbRing ring, List<List<Submission>> rounds, ClusterShape shape) {
    ClusterShape fitted = fitted(shape, ring.degree());
    Lowering lowering = new Lowering(fitted);
    ClusterPrediction total = ClusterPrediction.NONE;
    long required = 0;
    for (List<Submission> round : rounds) {
      LimbProgram joined = RoundProgram.of("round", ring, round).program();
      required += RequiredBytes.of(joined);
      CoreProgram program = lowering.lower(joined);
      total = total.then(ClusterTiming.of(program, fitted));
    }
    return new SentencePrediction(rounds.size(), total, required);
  }

  /** The ring degree whose limbs a shape's slots hold. */
  public static final int SLOT_DEGREE = 8192;

  /** The same scratchpad divided into limbs of another degree. */
  public static ClusterShape fitted(ClusterShape s, int degree) {
    long slots = (long) s.slots() * SLOT_DEGREE / degree;
    return new ClusterShape(
        s.clusters(),
        s.butterflies(),
        s.products(),
        s.streamWords(),
        (int) Math.max(ClusterShape.SLOTS_MIN, Math.min(slots, CoreLayout.SLOTS_MAX)),
        s.wordsIn(),
        s.wordsOut(),
        s.pipeline(),
        s.memoryLatency());
  }
}
