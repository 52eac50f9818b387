package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
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

  /** Of a deep spec, for rows [tokens][width]. */
  static PlainRun of(MergedLayers merged, List<InferencePlan> plans, double[][] x) {
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

  private static PlainRun of(
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
}
