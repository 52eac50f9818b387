package io.cipherstream.opencl.image;

import java.util.Optional;

/** Why a core stopped, as reported in its result line. */
public enum CoreStatus {
  OK(0, "success"),
  BAD_OPCODE(1, "the operation has no known opcode, or the stream ends in another place"),
  BAD_MODULUS(2, "the operation names a modulus that the table does not have"),
  BAD_SEGMENT(3, "the operation names a segment that the table does not have"),
  OUTSIDE_SEGMENT(4, "an operand lies outside its segment"),
  READ_ONLY_SEGMENT(5, "the result lies in a segment that may only be read"),
  BAD_FIELD(6, "a slot, constant, Galois element or other field of the operation is impossible"),
  BAD_ARGUMENT(7, "an argument does not fit the core, or a segment lies outside the pool"),
  READ_ERROR(8, "the card's memory answered a read with an error (AXI)"),
  WRITE_ERROR(9, "the card's memory answered a write with an error (AXI)"),
  MEMORY_TIMEOUT(10, "the card's memory did not answer, and the watchdog stopped the core");

  private final int code;
  private final String text;

  CoreStatus(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The status of a result line, empty for a number that no core writes. */
  public static Optional<CoreStatus> of(int code) {
    return code < 0 || code >= values().length ? Optional.empty() : Optional.of(values()[code]);
  }

  /** Its number in the result line. */
  public int code() {
    return code;
  }

  /** What it means. */
  public String text() {
    return text;
  }

  /** Whether the failed operation's line beside it is meaningful. */
  public boolean namesOperation() {
    return this != OK && this != BAD_ARGUMENT && this != MEMORY_TIMEOUT;
  }
}
