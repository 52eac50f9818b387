package io.cipherstream.transformer;

/**
 * Where the score of tokens (t, t + r mod T) of a head lies: in row t, in the head's own positions.
 *
 * <p>A head's D = {@code stride} positions are cut into g = {@code parts} parts of s = D/g. Offset
 * r = part·(T/g) + group; group γ stands at position γ mod s of its part, in output ciphertext
 * ⌊γ/s⌋ of the block.
 *
 * @param tokens T
 * @param stride D, positions of a head
 * @param parts g, divides both D and T
 */
public record ScoreLayout(int tokens, int stride, int parts) {

  /** Parts a head is cut into where D and T allow it; see {@code AttentionScores}. */
  public static final int PARTS = 4;

  /** The layout for T tokens and heads of D positions. */
  public static ScoreLayout of(int tokens, int stride) {
    return new ScoreLayout(tokens, stride, Math.min(PARTS, Math.min(tokens, stride)));
  }

  /** s = D/g. */
  public int partWidth() {
    return stride / parts;
  }

  /** Groups of g offsets, T/g. */
  public int groups() {
    return tokens / parts;
  }

  /** Output ciphertexts per block of heads. */
  public int outputs() {
    return (groups() + partWidth() - 1) / partWidth();
  }

  /** Offset r of a part and a group. */
  public int offset(int part, int group) {
    return part * groups() + group;
  }

  /** Output ciphertext of offset r within its block. */
  public int output(int offset) {
    return offset % groups() / partWidth();
  }

  /** Position of offset r within the head. */
  public int position(int offset) {
    return offset / groups() * partWidth() + offset % groups() % partWidth();
  }
}
