package io.cipherstream.bench.cycles.report;

/**
 * One program to run.
 *
 * @param name of the instruction or operation
 * @param degree ring degree N
 * @param limbs of the batch, or of the ciphertext
 */
public record CycleCase(Kind kind, String name, int degree, int limbs) {

  /** Kinds of programs. */
  public enum Kind {
    /** Independent transforms of so many limbs. */
    TRANSFORM,
    /** Word-wise instructions on so many limbs. */
    WORDWISE,
    /** A rotation of a ciphertext of so many limbs: an automorphism and a key switch. */
    ROTATION,
    /** A 128×128 matrix times a ciphertext of so many limbs. */
    PRODUCT
  }

  /** Whether figures are per limb rather than per program. */
  public boolean perLimb() {
    return kind == Kind.TRANSFORM || kind == Kind.WORDWISE;
  }

  /** Units of work in the program that figures are divided by. */
  public int units() {
    return perLimb() ? limbs : 1;
  }

  @Override
  public String toString() {
    return name + ", N = " + degree + ", " + limbs + (limbs == 1 ? " limb" : " limbs");
  }
}
