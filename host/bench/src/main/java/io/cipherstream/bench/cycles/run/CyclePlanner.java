package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.ClusterCard;
import io.cipherstream.bench.cycles.SentencePrediction;
import io.cipherstream.bench.cycles.report.CardPlan;
import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.bench.cycles.report.CycleMeasurement.Counts;
import io.cipherstream.bench.cycles.report.Yardstick;
import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.RoundProgram;
import io.cipherstream.core.Submission;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;

/** Predicts what cards would do, operands and keys in their memory, one launch a round. */
final class CyclePlanner {

  /** Key switches of a round, each of a ciphertext of its own under the same key. */
  static final int TOGETHER = 8;

  private final CasePrograms programs;

  CyclePlanner(CasePrograms programs) {
    this.programs = programs;
  }

  /** Plans with every card of {@code cards.json}. */
  List<CardPlan> plans() {
    return ClusterCard.all().stream().map(this::plan).toList();
  }

  private CardPlan plan(ClusterCard card) {
    ClusterShape s = card.shape();
    return new CardPlan(
        card.name(),
        card.memory(),
        s.clusters(),
        s.butterflies(),
        card.clockMhz(),
        card.channels() * card.bytesPerCycle(),
        s.memoryLatency(),
        Yardstick.HEAX.stream().map(y -> rate(card, y)).toList());
  }

  private CardPlan.Rate rate(ClusterCard card, Yardstick y) {
    ClusterShape shape = SentencePrediction.fitted(card.shape(), y.degree());
    Counts transforms = predict(new CycleCase(Kind.TRANSFORM, "NTT", y.degree(), 64), 1, shape);
    Counts rotations =
        predict(new CycleCase(Kind.ROTATION, "rotation", y.degree(), y.limbs()), TOGETHER, shape);
    double hertz = card.clockMhz() * 1e6;
    return new CardPlan.Rate(
        y.degree(),
        y.limbs(),
        hertz * 64 / transforms.cycles(),
        hertz * TOGETHER / rotations.cycles(),
        rotations.allBytes() / TOGETHER,
        rotations.allBytes() / rotations.cycles() / (card.channels() * card.bytesPerCycle()));
  }

  private Counts predict(CycleCase what, int times, ClusterShape shape) {
    LimbProgram program = programs.of(what);
    LimbProgram round =
        times == 1
            ? program
            : RoundProgram.of("round", program.ring(), together(program, times)).program();
    return CasePrediction.of(round, shape).counts();
  }

  /** What is written is each submission's own, and so is the first input; keys are shared. */
  private static List<Submission> together(LimbProgram program, int times) {
    List<Submission> all = new ArrayList<>();
    List<Segment> arguments = program.arguments();
    for (int i = 0; i < times; i++) {
      List<Submission.Region> regions = new ArrayList<>();
      for (int a = 0; a < arguments.size(); a++) {
        boolean own = a == 0 || arguments.get(a).access().writable();
        int buffer = own ? (i + 1) * arguments.size() + a : a;
        regions.add(new Submission.Region(buffer, 0, arguments.get(a).words()));
      }
      all.add(new Submission(program, regions));
    }
    return all;
  }
}
