package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PositionBias;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made from: the data of one model, mode and token class that every step uses. Both
 * sides derive it from the manifest. Immutable.
 */
interface PlanContext {

  ModelShape shape();

  InferenceMode mode();

  CkksParameters parameters();

  /** Most tokens. */
  int tokens();

  /** Fresh encryptions that the client sends first. */
  List<CiphertextSpec> inputs();

  /** F, the period of most of the weights. */
  int features();

  /**
   * The program on weights of shapes alone, to be traced.
   *
   * @param shapes of period F
   */
  StepProgram traced(PlainSource shapes);

  /**
   * The client's side.
   *
   * @param bias of attention by relative position; null where the model has none
   * @param tokenCounts tokens of each text, together at most {@link #tokens}; several texts only in
   *     mode hybrid
   */
  ClientSide side(@Nullable PositionBias bias, int... tokenCounts);
}
