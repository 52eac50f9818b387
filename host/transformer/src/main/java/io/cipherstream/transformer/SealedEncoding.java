package io.cipherstream.transformer;

import java.util.random.RandomGenerator;

/** The encoded weights of a sealed model. */
interface SealedEncoding extends EncodedWeights {

  /** For one text; the program knows its number of chunks by what comes and draws nothing. */
  StepProgram start();

  @Override
  default StepProgram start(PlanContext context, RandomGenerator random) {
    return start();
  }
}
