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

  /** Whether slots that come down are complex. */
  default boolean complexReplies() {
    return false;
  }

  /** Most texts in one inference. */
  default int texts() {
    return 1;
  }

  /** Whether it is for many texts in one inference and for no single one. */
  default boolean takesManyTexts() {
    return texts() > 1;
  }

  /** Whether texts of so many tokens fit one inference together. */
  default boolean holds(int... tokenCounts) {
    return tokenCounts.length == 1 && tokenCounts[0] <= tokens();
  }

  /** Whether texts that it holds cost less together than one by one. */
  default boolean isWorthSharing(int... tokenCounts) {
    return false;
  }

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
   * @param tokenCounts tokens of each text, together at most {@link #tokens}; several texts only
   *     where it {@link #holds} them
   */
  ClientSide side(@Nullable PositionBias bias, int... tokenCounts);
}
