package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

/** What running the program on shapes alone shows. */
record PlanTrace(
    List<Round> rounds,
    List<CiphertextSpec> result,
    SortedMap<Integer, Integer> rotations,
    int relinearization,
    OperationCounts operations,
    long weightBytes) {

  static PlanTrace run(ModelContext context) {
    SimulatedArithmetic shapes = new SimulatedArithmetic(context.parameters(), false);
    SimulatedKeys keys = new SimulatedKeys();
    ExecutorService unused = ForkJoinPool.commonPool();
    Parallel alone = new Parallel(unused, 1);
    try (EncodedModel model =
            EncodedModel.encode(
                context, null, PlainSource.shapes(shapes, context.features()), alone);
        EncoderProgram program =
            new EncoderProgram(
                context,
                new Engine(new CkksEvaluator(shapes), alone, keys),
                model,
                new SplittableRandom(0))) {
      List<Round> rounds = new ArrayList<>();
      List<CiphertextSpec> received = EncoderProgram.inputs(context);
      while (true) {
        List<Ciphertext> fresh = received.stream().map(spec -> shapes.fresh(spec, null)).toList();
        Exchange exchange = program.step(fresh);
        List<CiphertextSpec> down = specs(exchange.down());
        ClientOperation operation = exchange.operation();
        if (operation == null) {
          return new PlanTrace(
              rounds,
              down,
              keys.rotations(),
              keys.relinearization(),
              shapes.counts(),
              model.bytes());
        }
        rounds.add(new Round(rounds.size(), exchange.layer(), operation, down, exchange.up()));
        received = exchange.up();
      }
    }
  }

  static PlanTrace run(SealedContext context) {
    SimulatedArithmetic shapes = new SimulatedArithmetic(context.parameters(), false);
    SimulatedKeys keys = new SimulatedKeys();
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    SealedLayout layout = context.layout();
    try (SealedWeights weights =
            SealedWeights.encode(
                context,
                null,
                PlainSource.shapes(shapes, layout.features()),
                PlainSource.shapes(shapes, layout.slots()));
        SealedProgram program =
            new SealedProgram(
                layout, weights, new Engine(new CkksEvaluator(shapes), alone, keys))) {
      List<Ciphertext> fresh =
          SealedProgram.inputs(context.chunks()).stream()
              .map(spec -> shapes.fresh(spec, null))
              .toList();
      return new PlanTrace(
          List.of(),
          specs(program.step(fresh).down()),
          keys.rotations(),
          keys.relinearization(),
          shapes.counts(),
          weights.bytes());
    }
  }

  private static List<CiphertextSpec> specs(List<Ciphertext> ciphertexts) {
    return ciphertexts.stream().map(c -> new CiphertextSpec(c.limbs(), c.scale())).toList();
  }
}
