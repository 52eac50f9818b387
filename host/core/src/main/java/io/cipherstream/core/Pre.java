package io.cipherstream.core;

/**
 * What happens to a word on its way into a pass: u = (a mod q if reduced) + c0.
 *
 * @param reduced whether a holds residues of another modulus, taken modulo q
 * @param source index of that modulus, 0 if not reduced
 * @param constant c0, canonical modulo q, 0 for none
 */
public record Pre(boolean reduced, int source, long constant) {

  /** Nothing. */
  public static final Pre NONE = new Pre(false, 0, 0);
}
