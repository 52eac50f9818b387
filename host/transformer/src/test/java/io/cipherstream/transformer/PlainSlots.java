package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A whole sealed inference on plain slots. */
final class PlainSlots {

  private PlainSlots() {}

  /**
   * What the client reads of a text's answer, on the smallest plan that holds it.
   *
   * @param found is filled with the value of each answer, which every slot has
   */
  static double[] answer(
      List<InferencePlan> plans,
      Function<CkksEvaluator, ServerModel> model,
      double[][] x,
      double[] found) {
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    SimulatedArithmetic plain = SimulatedArithmetic.withValues(plan.parameters());
    SimulatedKeys keys = new SimulatedKeys();
    try (ServerModel server = model.apply(new CkksEvaluator(plain));
        InferenceRun run = server.start(InferenceMode.SEALED, plan.tokenClass(), keys)) {
      ClientSide side = plan.sealed().side();
      List<double[]> slots = side.inputs(x);
      assertThat(slots).hasSameSizeAs(plan.inputs());
      List<Ciphertext> received = new ArrayList<>();
      for (int i = 0; i < slots.size(); i++) {
        received.add(plain.fresh(plan.inputs().get(i), slots.get(i)));
      }
      List<double[]> sent = run.step(received).stream().map(plain::decrypt).toList();
      assertThat(run.finished()).isTrue();
      assertThat(sent).hasSameSizeAs(plan.result());
      assertThat(keys.rotations()).isEqualTo(plan.rotationLimbs());
      for (int i = 0; i < sent.size(); i++) {
        found[i] = sent.get(i)[0];
        for (double slot : sent.get(i)) {
          assertThat(slot).as("every slot is alike").isCloseTo(found[i], within(1e-9));
        }
      }
      return side.rows(sent)[0];
    }
  }
}
