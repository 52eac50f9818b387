package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;

/**
 * A sealed inference on plain slots: its sizes and rotations are checked to be the plan's.
 *
 * @param answers the ciphertexts of the answer
 * @param sent their slots, real parts first
 */
record PlainRun(
    InferencePlan plan, ClientSide side, List<SimulatedCiphertext> answers, List<double[]> sent) {

  /** Of a CQ, for rows [tokens][width]. */
  static PlainRun of(MergedEncoder merged, List<InferencePlan> plans, double[][] x) {
    return of(plans, x, encoding(merged, plans));
  }

  /** For rows [tokens][width], on the smallest plan that holds them. */
  static PlainRun of(
      List<InferencePlan> plans, double[][] x, Function<CkksEvaluator, ServerModel> encode) {
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    return of(plan, plan.sealed().side(), x, encode);
  }

  /** Of a CQ, for texts [text][token][width] that share a chunk. */
  static PlainRun shared(MergedEncoder merged, List<InferencePlan> plans, List<double[][]> texts) {
    InferencePlan plan =
        plans.stream().filter(InferencePlan::takesManyTexts).findAny().orElseThrow();
    int[] counts = texts.stream().mapToInt(x -> x.length).toArray();
    return of(
        plan,
        plan.sealed().side(null, counts),
        texts.stream().flatMap(Arrays::stream).toArray(double[][]::new),
        encoding(merged, plans));
  }

  private static Function<CkksEvaluator, ServerModel> encoding(
      MergedEncoder merged, List<InferencePlan> plans) {
    return evaluator ->
        ServerModel.encode(
            merged, plans, evaluator, ForkJoinPool.commonPool(), ServerModel.bytesNeeded(plans));
  }

  private static PlainRun of(
      InferencePlan plan,
      ClientSide side,
      double[][] x,
      Function<CkksEvaluator, ServerModel> encode) {
    CkksParameters parameters = plan.parameters();
    SimulatedArithmetic plain = SimulatedArithmetic.withValues(parameters);
    SimulatedKeys keys = new SimulatedKeys();
    try (ServerModel server = encode.apply(new CkksEvaluator(plain));
        InferenceRun run = server.start(InferenceMode.SEALED, plan.tokenClass(), keys)) {
      List<double[]> slots = side.inputs(x);
      assertThat(slots).hasSameSizeAs(plan.inputs());
      List<Ciphertext> received = new ArrayList<>();
      for (int i = 0; i < slots.size(); i++) {
        received.add(plain.fresh(plan.inputs().get(i), slots.get(i)));
      }
      List<SimulatedCiphertext> answers =
          run.step(received).stream().map(SimulatedCiphertext.class::cast).toList();
      List<double[]> sent = answers.stream().map(plain::decryptComplex).toList();
      assertThat(run.finished()).isTrue();
      assertThat(sent).hasSameSizeAs(plan.result());
      assertThat(keys.rotations()).isEqualTo(plan.rotationLimbs());
      for (double[] each : sent) {
        for (int s = each.length / 2; s < each.length && !plan.complexReplies(); s++) {
          assertThat(each[s]).as("imaginary part of slot %d", s).isCloseTo(0, within(1e-9));
        }
      }
      return new PlainRun(plan, side, answers, sent);
    }
  }

  /** The slots of each answer as a client decrypts them. */
  List<double[]> decrypted() {
    return sent.stream()
        .map(slots -> plan.complexReplies() ? slots : Arrays.copyOf(slots, slots.length / 2))
        .toList();
  }

  /** What the client reads of the answer. */
  double[] row() {
    return side.rows(decrypted())[0];
  }

  /**
   * The same of an answer whose slots are all alike.
   *
   * @param found is filled with the values of each ciphertext: the real part of its slots and,
   *     where replies are complex, the imaginary part
   */
  double[] row(double[] found) {
    int count = 0;
    for (double[] slots : sent) {
      for (int part = 0; part < 2; part++) {
        boolean read = count < found.length && (part == 0 || plan.complexReplies());
        double value = read ? slots[part * slots.length / 2] : 0;
        for (int s = 0; s < slots.length / 2; s++) {
          assertThat(slots[part * slots.length / 2 + s])
              .as("every slot is alike")
              .isCloseTo(value, within(1e-9));
        }
        if (read) {
          found[count++] = value;
        }
      }
    }
    assertThat(count).isEqualTo(found.length);
    return row();
  }
}
