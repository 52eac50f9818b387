package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import io.cipherstream.transformer.OperationCounts.Operation;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

/** What a plan says an inference costs is what an inference really does. */
class PlanCostsTest {

  private static final Map<OperationObserver.Operation, Operation> SAME =
      Map.of(
          OperationObserver.Operation.ROTATE, Operation.ROTATE,
          OperationObserver.Operation.RELINEARIZE, Operation.RELINEARIZE,
          OperationObserver.Operation.RESCALE, Operation.RESCALE,
          OperationObserver.Operation.MULTIPLY, Operation.PRODUCT,
          OperationObserver.Operation.MULTIPLY_PLAIN, Operation.PLAIN_PRODUCT);

  @Test
  void countedOperationsEqualThePlan() {
    ModelShape shape = RandomModels.shape(2, 96, 3, 100, true, Pooling.MEAN, 3);
    RandomModels.Sample sample = RandomModels.sample(shape, new SplittableRandom(11));
    for (InferenceMode mode : InferenceMode.supportedBy(shape)) {
      InferencePlan plan = InferencePlan.of(shape, sample.ranges(), mode, 32, CkksParameters.N8192);
      Map<String, Long> seen = new ConcurrentHashMap<>();
      SimulatedArithmetic slots = SimulatedArithmetic.withValues(CkksParameters.N8192);
      CkksEvaluator evaluator =
          new CkksEvaluator(slots)
              .observedBy(
                  (operation, limbs, terms, nanos) -> {
                    assertThat(nanos).isNotNegative();
                    if (SAME.containsKey(operation)) {
                      seen.merge(SAME.get(operation) + "@" + limbs, (long) terms, Long::sum);
                    }
                  });
      try (ServerModel server =
              ServerModel.encode(
                  sample.weights(), List.of(plan), evaluator, ForkJoinPool.commonPool(), 1L << 30);
          InferenceRun run = server.start(mode, 32, new SimulatedKeys())) {
        ClientRun client = new ClientRun(plan, sample.embeddings(), new int[] {1, 2, 3});
        List<double[]> vectors = client.inputs();
        List<CiphertextSpec> specs = plan.inputs();
        while (!run.finished()) {
          List<CiphertextSpec> current = specs;
          List<double[]> values = vectors;
          List<Ciphertext> fresh =
              java.util.stream.IntStream.range(0, specs.size())
                  .mapToObj(i -> slots.fresh(current.get(i), values.get(i)))
                  .toList();
          List<double[]> down = run.step(fresh).stream().map(slots::decrypt).toList();
          if (!run.finished()) {
            vectors = client.answer(run.nextRound(), down);
            specs = plan.rounds().get(run.nextRound()).up();
          }
        }
      }
      Map<String, Long> planned = new ConcurrentHashMap<>();
      plan.costs()
          .operations()
          .forEach(
              (operation, byLimbs) ->
                  byLimbs.forEach(
                      (limbs, times) -> {
                        if (SAME.containsValue(operation)) {
                          planned.put(operation + "@" + limbs, times);
                        }
                      }));
      assertThat(seen).as(mode.label()).isEqualTo(planned);
    }
  }
}
