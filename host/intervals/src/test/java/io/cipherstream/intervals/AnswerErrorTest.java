package io.cipherstream.intervals;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerErrorTest {

  @Test
  void everyAnswerOfEveryPlanRoundsToItsNumber() {
    for (IntervalPlan plan : IntervalPlan.all()) {
      int binSize = AnswerError.binSizeMax(plan.chunks());
      double error = AnswerError.of(plan, binSize);
      assertThat(error).as("%s", plan).isLessThan(WholeNumbers.ERROR_MAX);
    }
    int largest = AnswerError.binSizeMax(IntervalPlan.CHUNKS_MAX);
    System.out.printf(
        "bins of %d bp: error below %.3f for coverage, %.3f for comparisons%n",
        largest,
        AnswerError.of(new IntervalPlan(IntervalMode.SINGLE, IntervalPlan.CHUNKS_MAX), largest),
        AnswerError.of(new IntervalPlan(IntervalMode.PAIR, IntervalPlan.CHUNKS_MAX), largest));
    assertThat(largest).isEqualTo(1 << 21);
  }

  @Test
  void everyAnswerFitsItsModulus() {
    for (IntervalPlan plan : IntervalPlan.all()) {
      int binSize = AnswerError.binSizeMax(plan.chunks());
      double most = AnswerError.most(plan, binSize) + 1;
      double bits = Math.log(most * plan.result().get(0).scale()) / Math.log(2);
      assertThat(bits)
          .as("%s", plan)
          .isLessThan(IntervalPlan.PARAMETERS.modulusBits(plan.result().get(0).limbs()) - 1);
    }
  }
}
