package io.cipherstream.transformer;

import io.cipherstream.model.PositionBias;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The data of one sealed model and number of chunks; known to both sides. */
interface SealedContext extends PlanContext {

  @Override
  default InferenceMode mode() {
    return InferenceMode.SEALED;
  }

  /**
   * Weights of shapes alone, to trace the program.
   *
   * @param shapes of period F
   */
  SealedEncoding weights(PlainSource shapes);

  @Override
  default StepProgram traced(PlainSource shapes) {
    return weights(shapes).start(this, new SplittableRandom(0));
  }

  /** The client's side for one text. */
  ClientSide side();

  @Override
  default ClientSide side(@Nullable PositionBias bias, int... tokenCounts) {
    return side();
  }
}
