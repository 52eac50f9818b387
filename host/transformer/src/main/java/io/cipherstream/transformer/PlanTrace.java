package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ForkJoinPool;

/**
 * The result of running the program on shapes alone.
 *
 * @param words most words of ciphertexts that were open at one time
 * @param keptWords most words of received ciphertexts from a step on that a run can begin with
 */
record PlanTrace(
    List<Round> rounds,
    List<CiphertextSpec> result,
    SortedMap<Integer, Integer> rotations,
    int relinearization,
    OperationCounts operations,
    long weightBytes,
    long words,
    long keptWords) {

  static PlanTrace run(PlanContext context) {
    SimulatedArithmetic shapes = SimulatedArithmetic.fusing(context.parameters());
    SimulatedKeys keys = new SimulatedKeys();
    try (PlainSource source = PlainSource.shapes(shapes, context.features())) {
      return of(context.traced(source), context.inputs(), shapes, keys, source);
    }
  }

  /** Runs a program to its end. */
  private static PlanTrace of(
      StepProgram program,
      List<CiphertextSpec> inputs,
      SimulatedArithmetic shapes,
      SimulatedKeys keys,
      PlainSource source) {
    List<Round> rounds = new ArrayList<>();
    List<CiphertextSpec> received = inputs;
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    long kept = 0;
    long mostKept = 0;
    try (StepContext run = new StepContext(new CkksEvaluator(shapes), alone, keys)) {
      while (true) {
        List<Ciphertext> fresh = received.stream().map(spec -> shapes.fresh(spec, null)).toList();
        kept = program.beginsWith(rounds.size() - 1) ? 0 : kept;
        kept += fresh.stream().mapToLong(c -> c.words(shapes.parameters())).sum();
        mostKept = Math.max(mostKept, kept);
        Exchange exchange = program.runStep(run, fresh);
        List<CiphertextSpec> down = specs(exchange.down());
        Scope.closeAll(exchange.down());
        ClientOperation operation = exchange.operation();
        if (operation == null) {
          return new PlanTrace(
              rounds,
              down,
              keys.rotations(),
              keys.relinearization(),
              shapes.counts(),
              source.bytes(),
              shapes.memory().most(),
              mostKept);
        }
        rounds.add(new Round(rounds.size(), exchange.layer(), operation, down, exchange.up()));
        received = exchange.up();
      }
    }
  }

  private static List<CiphertextSpec> specs(List<Ciphertext> ciphertexts) {
    return ciphertexts.stream().map(c -> new CiphertextSpec(c.limbs(), c.scale())).toList();
  }
}
