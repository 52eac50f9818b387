package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InferenceRunTest {

  private static final ModelShape SHAPE = RandomModels.shape(1, 16, 2, 16, true, Pooling.CLS, 2);

  private final RandomModels.Sample sample = RandomModels.sample(SHAPE, new SplittableRandom(3));
  private final InferencePlan plan =
      InferencePlan.of(SHAPE, sample.ranges(), InferenceMode.PAPER, 16, CkksParameters.N8192);
  private final SimulatedArithmetic slots = SimulatedArithmetic.withValues(CkksParameters.N8192);
  private final ServerModel server =
      ServerModel.encode(
          sample.weights(),
          List.of(plan),
          new CkksEvaluator(slots),
          ForkJoinPool.commonPool(),
          1L << 30);

  @AfterEach
  void close() {
    server.close();
  }

  private List<Ciphertext> inputs(int limbs, double scale) {
    return List.of(
        slots.fresh(new CiphertextSpec(limbs, scale), new double[CkksParameters.N8192.slots()]));
  }

  @Test
  void wrongNumberLevelOrScaleIsRefused() {
    CiphertextSpec spec = plan.inputs().get(0);
    try (InferenceRun run = server.start(InferenceMode.PAPER, 16, new SimulatedKeys())) {
      assertThatThrownBy(() -> run.step(List.of())).hasMessage("0 ciphertexts, expected 1");
      assertThatThrownBy(() -> run.step(inputs(1, spec.scale()))).hasMessageContaining("1 limbs");
      assertThatThrownBy(() -> run.step(inputs(spec.limbs(), spec.scale() * 2)))
          .hasMessageContaining("scale");
      assertThat(run.nextRound()).isEqualTo(-1);
      assertThat(run.step(inputs(spec.limbs(), spec.scale())))
          .hasSameSizeAs(plan.rounds().get(0).down());
      assertThat(run.nextRound()).isZero();
    }
  }

  @Test
  void aClosedRunTakesNoMoreSteps() {
    InferenceRun run = server.start(InferenceMode.PAPER, 16, new SimulatedKeys());
    run.close();
    assertThatThrownBy(() -> run.step(List.of())).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aModeThatIsNotLoadedIsNamed() {
    assertThatThrownBy(() -> server.start(InferenceMode.COMPACT, 16, new SimulatedKeys()))
        .hasMessageContaining("compact")
        .hasMessageContaining("not loaded");
  }

  @Test
  void valuesThatCouldWrapAroundAreRefusedInSimulation() {
    double[] huge = new double[CkksParameters.N8192.slots()];
    java.util.Arrays.fill(huge, 1e9);
    assertThatThrownBy(() -> slots.fresh(new CiphertextSpec(1, 0x1p30), huge))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("do not fit");
  }

  @Test
  void aSentenceLongerThanTheClassIsRefused() {
    assertThatThrownBy(() -> new ClientRun(plan, sample.embeddings(), new int[17]))
        .hasMessage("17 tokens, expected 1 to 16");
  }
}
