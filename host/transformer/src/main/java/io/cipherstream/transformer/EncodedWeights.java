package io.cipherstream.transformer;

import java.util.random.RandomGenerator;

/**
 * A model's encoded weights, owned by the {@link PlainSource} that encoded them. Immutable; read by
 * any number of inferences at once.
 */
interface EncodedWeights {

  /** The program of one inference. */
  StepProgram start(PlanContext context, RandomGenerator random);
}
