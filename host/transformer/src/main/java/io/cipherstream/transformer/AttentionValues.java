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
   * @param weights T ciphertexts a block, block by block; stay open
   * @param values one ciphertext a block, as many limbs as the weights; stay open
   */
  static List<Ciphertext> compute(
      StepContext ctx, TokenLayout tokens, List<Ciphertext> weights, List<Ciphertext> values) {
    int runs = TokenRotations.runs(tokens);
    try (Owned owned = new Owned()) {
      List<Ciphertext> bases = new ArrayList<>();
      for (Ciphertext value : values) {
        bases.addAll(owned.keepAll(TokenRotations.bases(ctx, tokens, value)));
      }
      List<Ciphertext> partial =
          owned.keepAll(
              ctx.parallel()
                  .map(
                      bases.size(),
                      i -> partial(ctx, tokens, weights, bases.get(i), i / runs, i % runs)));
      return ctx.parallel()
          .map(
              values.size(),
              block ->
                  ctx.reduce(
                      ctx.evaluator().sum(partial.subList(block * runs, (block + 1) * runs))));
    }
  }

  private static Ciphertext partial(
      StepContext ctx,
      TokenLayout tokens,
      List<Ciphertext> weights,
      Ciphertext base,
      int block,
      int run) {
    try (Owned owned = new Owned()) {
      List<Ciphertext> rotated = TokenRotations.run(ctx, tokens, base);
      owned.keepAll(rotated.subList(1, rotated.size()));
      int first = block * tokens.tokens() + run * TokenRotations.RUN;
      return ctx.evaluator()
          .sumOfProducts(weights.subList(first, first + TokenRotations.RUN), rotated);
    }
  }

  /** Row sums Σ_r w_r, one ciphertext a block, equal at every position of a head. */
  static List<Ciphertext> rowSums(StepContext ctx, TokenLayout tokens, List<Ciphertext> weights) {
    int t = tokens.tokens();
    return ctx.parallel()
        .map(
            weights.size() / t,
            block -> ctx.evaluator().sum(weights.subList(block * t, (block + 1) * t)));
  }

  /** a[i]·b[i], relinearised and rescaled; operands stay open. */
  static List<Ciphertext> products(StepContext ctx, List<Ciphertext> a, List<Ciphertext> b) {
    List<Ciphertext> left = new ArrayList<>(a);
    return ctx.parallel()
        .map(left.size(), i -> ctx.reduce(ctx.evaluator().multiply(left.get(i), b.get(i))));
  }
}
