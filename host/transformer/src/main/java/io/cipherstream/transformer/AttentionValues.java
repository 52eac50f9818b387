package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * Weighted values: Σ_r w_r ⊙ rot(v, r·F), with w_r constant over the positions of a head.
 *
 * <p>Products of a run of rotations are added before one relinearisation and one rescale of the
 * whole sum. Level: one less than the operands'.
 */
final class AttentionValues {

  private AttentionValues() {}

  /**
   * @param weights T ciphertexts of one block
   * @param values that block's, as many limbs as the weights
   */
  static Ciphertext compute(
      StepContext ctx, TokenLayout tokens, List<Ciphertext> weights, Ciphertext values) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> bases = TokenRotations.bases(s, tokens, values);
      List<Ciphertext> partial =
          s.map(
              bases.size(),
              (piece, i) ->
                  piece.sumOfProducts(
                      weights.subList(i * TokenRotations.RUN, (i + 1) * TokenRotations.RUN),
                      TokenRotations.run(piece, tokens, bases.get(i))));
      return s.keep(s.reduce(s.sum(partial)));
    }
  }

  /** a[i]·b[i], relinearised and rescaled. */
  static List<Ciphertext> products(StepContext ctx, List<Ciphertext> a, List<Ciphertext> b) {
    return ctx.map(a.size(), (s, i) -> s.product(a.get(i), b.get(i)));
  }
}
