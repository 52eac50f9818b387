package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
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
   * @param weights T ciphertexts per block, block by block
   * @param values one ciphertext per block, as many limbs as the weights
   */
  static List<Ciphertext> compute(
      StepContext ctx, TokenLayout tokens, List<Ciphertext> weights, List<Ciphertext> values) {
    int runs = TokenRotations.runs(tokens);
    try (StepContext s = ctx.open()) {
      List<Ciphertext> bases = new ArrayList<>();
      for (Ciphertext value : values) {
        bases.addAll(TokenRotations.bases(s, tokens, value));
      }
      List<Ciphertext> partial =
          s.map(
              bases.size(),
              (piece, i) ->
                  piece.sumOfProducts(
                      weights.subList(i * TokenRotations.RUN, (i + 1) * TokenRotations.RUN),
                      TokenRotations.run(piece, tokens, bases.get(i))));
      return s.keep(
          s.map(
              values.size(),
              (piece, block) ->
                  piece.reduce(piece.sum(partial.subList(block * runs, (block + 1) * runs)))));
    }
  }

  /** Row sums Σ_r w_r, one ciphertext per block, equal at every position of a head. */
  static List<Ciphertext> rowSums(StepContext ctx, TokenLayout tokens, List<Ciphertext> weights) {
    int t = tokens.tokens();
    return ctx.map(
        weights.size() / t, (s, block) -> s.sum(weights.subList(block * t, (block + 1) * t)));
  }

  /** a[i]·b[i], relinearised and rescaled. */
  static List<Ciphertext> products(StepContext ctx, List<Ciphertext> a, List<Ciphertext> b) {
    return ctx.map(a.size(), (s, i) -> s.product(a.get(i), b.get(i)));
  }
}
