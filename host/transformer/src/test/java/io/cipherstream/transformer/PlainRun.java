package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;

/**
 * A sealed inference on plain slots: its sizes and rotations are checked to be the plan's.
 *
 * @param answers the ciphertexts of the answer
 * @param sent their slots
 */
record PlainRun(InferencePlan plan, List<SimulatedCiphertext> answers, List<double[]> sent) {

  /** Of a CQ, for rows [tokens][width]. */
  static PlainRun of(MergedEncoder merged, List<InferencePlan> plans, double[][] x) {
    return of(
        plans,
        x,
        evaluator ->
            ServerModel.encode(
                merged,
                plans,
                evaluator,
                ForkJoinPool.commonPool(),
                ServerModel.bytesNeeded(plans)));
  }

  /** For rows [tokens][width], on the smallest plan that holds them. */
  static PlainRun of(
      List<InferencePlan> plans, double[][] x, Function<CkksEvaluator, ServerModel> encode) {
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    CkksParameters parameters = plan.parameters();
    SimulatedArithmetic plain = SimulatedArithmetic.withValues(parameters);
    SimulatedKeys keys = new SimulatedKeys();
    try (ServerModel server = encode.apply(new CkksEvaluator(plain));
        InferenceRun run = server.start(InferenceMode.SEALED, plan.tokenClass(), keys)) {
      List<double[]> slots = plan.sealed().side().inputs(x);
      assertThat(slots).hasSameSizeAs(plan.inputs());
      List<Ciphertext> received = new ArrayList<>();
      for (int i = 0; i < slots.size(); i++) {
        received.add(plain.fresh(plan.inputs().get(i), slots.get(i)));
      }
      List<SimulatedCiphertext> answers =
          run.step(received).stream().map(SimulatedCiphertext.class::cast).toList();
      List<double[]> sent = answers.stream().map(plain::decrypt).toList();
      assertThat(run.finished()).isTrue();
      assertThat(sent).hasSameSizeAs(plan.result());
      assertThat(keys.rotations()).isEqualTo(plan.rotationLimbs());
      return new PlainRun(plan, answers, sent);
    }
  }

  /** What the client reads of the answer. */
  double[] row() {
    return plan.sealed().side().rows(sent)[0];
  }

  /**
   * The same of an answer whose slots are all alike.
   *
   * @param found is filled with the value of each ciphertext
   */
  double[] row(double[] found) {
    for (int i = 0; i < sent.size(); i++) {
      found[i] = sent.get(i)[0];
      for (double slot : sent.get(i)) {
        assertThat(slot).as("every slot is alike").isCloseTo(found[i], within(1e-9));
      }
    }
    return row();
  }
}
