package io.cipherstream.core;

import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Repeat;

/** Where the second factor of a term, or the operand of a MAP, comes from. */
public sealed interface Factor {

  /** A limb in a slot. */
  record InSlot(int slot) implements Factor {}

  /**
   * A stream from memory past the slots.
   *
   * @param repeat how a short operand stands for a limb
   */
  record InMemory(Operand at, Repeat repeat) implements Factor {}

  /** The same word everywhere, canonical modulo q. */
  record Constant(long value) implements Factor {}
}
