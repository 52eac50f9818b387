package io.cipherstream.transformer;

import java.util.List;

/** The client's side in a mode without rounds: it encrypts a text once and reads one answer. */
interface RoundlessSide extends ClientSide {

  /**
   * @throws IllegalStateException always: no round is ever asked
   */
  @Override
  default List<double[]> answer(Round round, List<double[]> down) {
    throw new IllegalStateException("a sealed inference has no rounds");
  }

  /** None: what looks wrong shows only in the answer. */
  @Override
  default List<String> warnings() {
    return List.of();
  }
}
