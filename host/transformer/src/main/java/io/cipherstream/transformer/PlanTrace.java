package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
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
    SimulatedEvaluator evaluator = new SimulatedEvaluator(context.parameters(), false);
    SimulatedKeys keys = new SimulatedKeys();
    ExecutorService unused = ForkJoinPool.commonPool();
    Parallel alone = new Parallel(unused, 1);
    PlainSource shapes = PlainSource.shapes(evaluator, context.features());
    try (EncodedModel model = EncodedModel.encode(context, null, shapes, alone);
        EncoderProgram program =
            new EncoderProgram(
                context, new Engine(evaluator, alone, keys), model, new SplittableRandom(0))) {
      List<Round> rounds = new ArrayList<>();
      List<CiphertextSpec> received = EncoderProgram.inputs(context);
      while (true) {
        List<Ciphertext> fresh =
            received.stream().map(spec -> evaluator.fresh(spec, null)).toList();
        Exchange exchange = program.step(fresh);
        List<CiphertextSpec> down = specs(exchange.down());
        ClientOperation operation = exchange.operation();
        if (operation == null) {
          return new PlanTrace(
              rounds,
              down,
              keys.rotations(),
              keys.relinearization(),
              evaluator.counts(),
              model.bytes());
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
