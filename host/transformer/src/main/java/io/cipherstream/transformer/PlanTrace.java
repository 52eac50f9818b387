package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;

/**
 * The result of running the program on shapes alone.
 *
 * @param words most words of ciphertexts that were open at one time
 */
record PlanTrace(
    List<Round> rounds,
    List<CiphertextSpec> result,
    SortedMap<Integer, Integer> rotations,
    int relinearization,
    OperationCounts operations,
    long weightBytes,
    long words) {

  static PlanTrace run(ModelContext context) {
    SimulatedArithmetic shapes = SimulatedArithmetic.fusing(context.parameters());
    SimulatedKeys keys = new SimulatedKeys();
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    try (PlainSource source = PlainSource.shapes(shapes, context.features())) {
      EncodedModel model = EncodedModel.encode(context, null, source, alone);
      StepProgram program = model.program(context, new SplittableRandom(0));
      return of(program, EncoderProgram.inputs(context), shapes, keys, source);
    }
  }

  static PlanTrace run(SealedContext context) {
    SimulatedArithmetic shapes = SimulatedArithmetic.fusing(context.parameters());
    SimulatedKeys keys = new SimulatedKeys();
    try (PlainSource source = PlainSource.shapes(shapes, context.features())) {
      return of(context.weights(source).start(), context.inputs(), shapes, keys, source);
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
    try (StepContext run = new StepContext(new CkksEvaluator(shapes), alone, keys)) {
      while (true) {
        List<Ciphertext> fresh = received.stream().map(spec -> shapes.fresh(spec, null)).toList();
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
              shapes.memory().most());
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
