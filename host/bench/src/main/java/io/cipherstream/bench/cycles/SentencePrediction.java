package io.cipherstream.bench.cycles;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.RoundParts;
import io.cipherstream.core.RoundProgram;
import io.cipherstream.core.Submission;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import java.util.List;

/**
 * What the rounds of a sentence take on clusters, divided into launches and jobs as the engine
 * divides them ({@link RoundParts}). A client's answer ends a round, so rounds do not overlap, and
 * neither do jobs.
 *
 * @param launches of the card
 * @param jobs core programs in them
 * @param total of all jobs
 * @param bytesRequired {@link RequiredBytes} of all jobs
 */
public record SentencePrediction(
    int launches, int jobs, ClusterPrediction total, long bytesRequired) {

  /** Segments of the committed configurations of cards. */
  private static final int SEGMENTS = 512;

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
    int launches = 0;
    int jobs = 0;
    for (List<Submission> round : rounds) {
      RoundParts division = new RoundParts(SEGMENTS);
      round.forEach(division::add);
      for (List<Submission> part : division.parts()) {
        LimbProgram joined = RoundProgram.of("job", ring, part).program();
        required += RequiredBytes.of(joined);
        CoreProgram program = lowering.lower(joined);
        total = total.then(ClusterTiming.of(program, fitted));
      }
      jobs += division.size();
      launches += (division.size() + RoundParts.PARTS_MAX - 1) / RoundParts.PARTS_MAX;
    }
    return new SentencePrediction(launches, jobs, total, required);
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
