package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * What client and appliance must agree on for a sealed model and a number of chunks: what is sent
 * and which keys are needed. Made by tracing the very program that runs on ciphertexts, on shapes
 * alone; depends on sizes and never on weights.
 */
record SealedPlan(
    SealedLayout layout,
    List<CiphertextSpec> inputs,
    List<CiphertextSpec> result,
    KeyRequirements keys,
    OperationCounts operations,
    long weightBytes) {

  /**
   * The plan for a text of so many tokens.
   *
   * @throws IllegalArgumentException if the parameter set has other than four levels, or its ring
   *     is too small for the width
   */
  static SealedPlan of(SealedShape shape, int width, CkksParameters parameters, int tokens) {
    SealedLayout layout = SealedLayout.of(width, parameters);
    SealedScales scales = new SealedScales(parameters);
    SimulatedArithmetic shapes = new SimulatedArithmetic(parameters, false);
    SimulatedKeys keys = new SimulatedKeys();
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    try (SealedWeights weights =
        SealedWeights.encode(
            layout,
            shape,
            scales,
            null,
            PlainSource.shapes(shapes, layout.features()),
            PlainSource.shapes(shapes, layout.slots()))) {
      List<CiphertextSpec> inputs = SealedProgram.inputs(layout.chunks(tokens));
      List<Ciphertext> fresh = inputs.stream().map(spec -> shapes.fresh(spec, null)).toList();
      List<Ciphertext> sent =
          new SealedProgram(layout, weights, new Engine(new CkksEvaluator(shapes), alone, keys))
              .run(fresh);
      return new SealedPlan(
          layout,
          inputs,
          sent.stream().map(c -> new CiphertextSpec(c.limbs(), c.scale())).toList(),
          new KeyRequirements(keys.rotations(), keys.relinearization()),
          shapes.counts(),
          weights.bytes());
    }
  }
}
