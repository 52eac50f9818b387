package io.cipherstream.ring;

/** A limb program breaks a rule of the contract. The text names the instruction and the rule. */
public final class ProgramException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public ProgramException(String message) {
    super(message);
  }
}
