package io.cipherstream.transformer;

/**
 * Where the client puts the weight of tokens (t, t + r mod T) of a head, for the appliance to
 * spread it over the head's D positions.
 *
 * <p>A ciphertext has G = min(T, D, {@value #OFFSETS_MAX}) offsets of every head of a block; offset
 * r is in ciphertext ⌊r/G⌋, and ρ = D/G consecutive slots of row t hold its weight. They begin at
 * slot (r mod G)·ρ + D − ρ, counted from the head's first: so far to the right that every rotation
 * which brings them to a place within the head goes to the left, by a step from 0 to 2G − 2 times
 * ρ. The last of them lie in the next head's positions or the next row, which have moved by as
 * much.
 *
 * @param tokens T, a power of two
 * @param stride D, positions of a head, a power of two
 */
public record WeightLayout(int tokens, int stride) {

  /**
   * Most offsets of a ciphertext: products and rotations that are held at one time grow with it.
   */
  static final int OFFSETS_MAX = 32;

  /** G, offsets of a ciphertext. */
  public int offsets() {
    return Math.min(OFFSETS_MAX, Math.min(tokens, stride));
  }

  /** ρ, slots that hold the same weight. */
  public int run() {
    return stride / offsets();
  }

  /** Ciphertexts a block. */
  public int ciphertexts() {
    return tokens / offsets();
  }

  /** Ciphertext of offset r within its block. */
  public int ciphertext(int offset) {
    return offset / offsets();
  }

  /** First of offset r's slots, from the head's first slot on; it may be beyond the head's last. */
  public int slot(int offset) {
    return offset % offsets() * run() + stride - run();
  }

  /** Rotation, in units of ρ, that brings offset r to the places from target·ρ on. */
  public int step(int offset, int target) {
    return offset % offsets() + offsets() - 1 - target;
  }

  /** Such rotations, from 0 on. */
  public int steps() {
    return 2 * offsets() - 1;
  }
}
