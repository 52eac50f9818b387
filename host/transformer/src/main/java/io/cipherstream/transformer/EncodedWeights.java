package io.cipherstream.transformer;

import java.util.random.RandomGenerator;

/** A model's encoded weights. Immutable; read by any number of inferences at once. */
interface EncodedWeights extends AutoCloseable {

  /** Off-heap bytes of all plaintexts. */
  long bytes();

  /** The program of one inference, which does not close the weights. */
  StepProgram start(InferencePlan plan, RandomGenerator random);

  @Override
  void close();
}
