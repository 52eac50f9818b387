package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksArithmetic;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.SealedSpec;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run holds, counted on shapes: nothing once it is over, however it ends. */
class RunMemoryTest {

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  private static InferencePlan plan(String program) {
    ModelShape thex = RandomModels.shape(2, 128, 2, 512, true, Pooling.CLS, 2);
    ModelShape exact =
        RandomModels.withPooler(
            RandomModels.shape(2, 384, 12, 1536, false, Pooling.MEAN, 2), Pooler.TANH);
    return switch (program) {
      case "hybrid" -> interactive(exact, InferenceMode.HYBRID, 64, CkksParameters.N4096);
      case "paper" -> interactive(thex, InferenceMode.PAPER, 32, CkksParameters.N8192);
      case "compact" -> interactive(thex, InferenceMode.COMPACT, 32, CkksParameters.N8192);
      case "CQ" ->
          InferencePlan.sealed(RandomMerged.shape(128, 2, 256, 64, 1), CkksParameters.N8192_SEALED)
              .get(1);
      case "AA" -> transformer(1);
      case "AA of 64" -> transformer(2);
      default ->
          InferencePlan.deep(
                  RandomMerged.shape(128, 2, 512, 64, 1),
                  SealedSpec.parse(program),
                  RandomEncoder.SENTINELS,
                  1e4,
                  CkksParameters.N16384_SEALED)
              .get(1);
    };
  }

  private static InferencePlan transformer(int tokenClass) {
    return InferencePlan.deep(
            RandomMerged.shape(128, 2, 512, 64, 1),
            SealedSpec.parse("AA"),
            TransformerProgramTest.sentinels(),
            1e4,
            CkksParameters.N32768_SEALED)
        .get(tokenClass);
  }

  private static InferencePlan interactive(
      ModelShape shape, InferenceMode mode, int tokenClass, CkksParameters set) {
    RandomModels.Sample sample = RandomModels.sample(shape, new SplittableRandom(3));
    return InferencePlan.of(shape, sample.ranges(), mode, tokenClass, set);
  }

  /** What stands for an operation; null for the operation itself. */
  private interface Instead {
    Object of(String name, Object[] arguments);
  }

  private static CkksArithmetic proxy(Instead instead, SimulatedArithmetic shapes) {
    return (CkksArithmetic)
        Proxy.newProxyInstance(
            CkksArithmetic.class.getClassLoader(),
            new Class<?>[] {CkksArithmetic.class},
            (proxy, method, arguments) -> {
              Object other = instead.of(method.getName(), arguments);
              return other != null ? other : method.invoke(shapes, arguments);
            });
  }

  /** Runs at most that many steps on shapes. */
  private static void run(
      InferencePlan plan, SimulatedArithmetic shapes, CkksArithmetic on, int threads, int steps) {
    Parallel parallel = new Parallel(ForkJoinPool.commonPool(), threads);
    StepContext ctx = new StepContext(new CkksEvaluator(on), parallel, new SimulatedKeys());
    PlainSource source = PlainSource.shapes(shapes, plan.context().features());
    StepProgram program = plan.context().traced(source);
    try (source;
        InferenceRun run = new InferenceRun(plan, program, ctx)) {
      List<CiphertextSpec> specs = plan.inputs();
      for (int step = 0; step < steps && !run.finished(); step++) {
        List<Ciphertext> received = specs.stream().map(spec -> shapes.fresh(spec, null)).toList();
        run.step(received).forEach(Ciphertext::close);
        specs = run.finished() ? List.of() : plan.rounds().get(run.nextRound()).up();
      }
    }
  }

  /**
   * The limbs that are open at one time, at most, on one thread: with single operations and with
   * fused ones. Who finds less writes less; more is memory that {@code InferenceBytes} and the
   * sizing page do not know of.
   */
  @ParameterizedTest
  @CsvSource({
    "hybrid, 140, 44",
    "paper, 358, 358",
    "compact, 356, 356",
    "CQ, 472, 111",
    "CS, 543, 406",
    "CP, 503, 298",
    "CA, 655, 441",
    "AA, 725, 477",
    "AA of 64, 725, 477"
  })
  void holdsNoMoreThanItDid(String program, long single, long fused) {
    InferencePlan plan = plan(program);
    SimulatedArithmetic shapes = new SimulatedArithmetic(plan.parameters(), false);
    run(plan, shapes, shapes, 1, Integer.MAX_VALUE);
    SimulatedArithmetic whole = SimulatedArithmetic.fusing(plan.parameters());
    run(plan, whole, whole, 1, Integer.MAX_VALUE);
    long limb = 2L * plan.parameters().degree();
    assertThat(shapes.memory().most() / limb).isLessThanOrEqualTo(single);
    assertThat(whole.memory().most() / limb).isLessThanOrEqualTo(fused);
    assertThat(plan.agreed().words()).isEqualTo(whole.memory().most());
    assertThat(shapes.memory().words()).isZero();
    assertThat(whole.memory().words()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"hybrid", "paper", "compact", "CQ", "CS", "CP", "CA", "AA"})
  void anEndAnywhereLeavesNothingOpen(String program) {
    InferencePlan plan = plan(program);
    SimulatedArithmetic shapes = new SimulatedArithmetic(plan.parameters(), false);
    for (int steps = 0; steps <= plan.rounds().size(); steps++) {
      run(plan, shapes, shapes, 4, steps);
      assertThat(shapes.memory().words()).as("closed after %d steps", steps).isZero();
    }
    AtomicInteger operations = new AtomicInteger();
    run(plan, shapes, failing(shapes, operations, -1), 4, Integer.MAX_VALUE);
    int all = operations.get();
    for (int i = 0; i < 20; i++) {
      int last = random.nextInt(all);
      CkksArithmetic failing = failing(shapes, new AtomicInteger(), last);
      String what = String.format("seed %d, operation %d of %d failed", seed, last, all);
      assertThatThrownBy(() -> run(plan, shapes, failing, 4, Integer.MAX_VALUE))
          .as(what)
          .hasRootCauseMessage("failed");
      assertThat(shapes.memory().words()).as(what).isZero();
    }
  }

  /** Counts operations; the one of that number fails. */
  private static CkksArithmetic failing(
      SimulatedArithmetic shapes, AtomicInteger operations, int last) {
    List<String> free = List.of("owns", "parameters", "fuses", "name", "close");
    return proxy(
        (name, arguments) -> {
          if (!free.contains(name) && operations.getAndIncrement() == last) {
            throw new IllegalStateException("an engine", new IllegalStateException("failed"));
          }
          return null;
        },
        shapes);
  }

  @Test
  void aClosedCiphertextIsRefused() {
    SimulatedArithmetic shapes = new SimulatedArithmetic(CkksParameters.N8192, false);
    CkksEvaluator evaluator = new CkksEvaluator(shapes);
    Ciphertext a = shapes.fresh(new CiphertextSpec(2, 0x1p30), null);
    a.close();
    assertThatThrownBy(() -> evaluator.add(a, a))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the simulated ciphertext is closed");
  }

  @Test
  void aContextKeepsAndFreesOnlyItsOwn() {
    SimulatedArithmetic shapes = new SimulatedArithmetic(CkksParameters.N8192, false);
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    try (StepContext run = new StepContext(new CkksEvaluator(shapes), alone, new SimulatedKeys());
        Ciphertext foreign = shapes.fresh(new CiphertextSpec(2, 0x1p30), null)) {
      try (StepContext step = run.open()) {
        step.free(foreign);
        assertThatThrownBy(() -> step.keep(foreign))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("does not own");
        step.keep(step.drop(foreign, 1));
        step.drop(foreign, 2);
        assertThatThrownBy(() -> run.keep(foreign)).hasMessageContaining("no context is around");
      }
      assertThat(shapes.memory().words()).isEqualTo((2 + 1) * 2L * 8192);
    }
    assertThat(shapes.memory().words()).isZero();
  }
}
