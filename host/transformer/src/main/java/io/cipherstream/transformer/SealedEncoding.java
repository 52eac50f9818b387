package io.cipherstream.transformer;

import java.util.random.RandomGenerator;

/**
 * The encoded weights of a sealed model, whose programs know their number of chunks by what comes.
 */
interface SealedEncoding extends EncodedWeights {

  /** As the other; a sealed program draws nothing at random. */
  StepProgram start();

  @Override
  default StepProgram start(PlanContext context, RandomGenerator random) {
    return start();
  }
}
