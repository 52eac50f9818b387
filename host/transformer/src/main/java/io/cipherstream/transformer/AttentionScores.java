package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores q·k/√d of every pair of tokens and every head, packed into the heads' own positions.
 *
 * <p>For offset r, q ⊙ rot(k, r·F) has the D products of a head side by side; their sum is wanted
 * at one position ({@link ScoreLayout}). A head is cut into g parts of s positions. In a group of g
 * offsets r₀ … r₍g₋₁₎, offset r_b shall end in part b, so part a of its products must move by (a −
 * b)·s. All products that move by the same amount are added before they are relinearised and
 * rotated once:
 *
 * <pre>c = Σ_δ rot(Σ_{a−b=δ} (q ⊙ part_a) ⊙ rot(k, r_b·F), δ·s)</pre>
 *
 * That leaves g partial sums of s values, folded by log₂ s doubling rotations whose signs bring the
 * sum to position p of the part; a mask keeps that position and the groups are added. Key switches
 * per block: (T/g)(4g − 3 + log₂ s) beside T − 1 rotations of k; ciphertext products: T·g.
 *
 * <p>Levels: q and k arrive at {@link Scales#ATTENTION_LIMBS} and are rescaled once; scores leave
 * at one limb.
 */
final class AttentionScores {

  private final ModelContext context;
  private final EncodedModel model;

  AttentionScores(ModelContext context, EncodedModel model) {
    this.context = context;
    this.model = model;
  }

  /**
   * Scores of all blocks, {@link ScoreLayout#outputs()} ciphertexts per block.
   *
   * @param queries unscaled products at three limbs
   * @param keys the same
   */
  List<Ciphertext> compute(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> queries, List<Ciphertext> keys) {
    List<Ciphertext> scores = new ArrayList<>();
    for (int block = 0; block < queries.size(); block++) {
      scores.addAll(block(ctx, layer, queries.get(block), keys.get(block)));
    }
    return scores;
  }

  private List<Ciphertext> block(
      StepContext ctx, EncodedLayer layer, Ciphertext query, Ciphertext key) {
    ScoreLayout layout = context.packing().scores();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> parts =
          s.map(
              layout.parts(),
              (piece, part) -> piece.rescale(piece.multiplyPlain(query, model.queryMasks(), part)));
      List<Ciphertext> rotated = TokenRotations.all(s, context.packing().tokens(), s.rescale(key));
      List<Ciphertext> groups =
          s.map(layout.groups(), (piece, group) -> group(piece, parts, rotated, group));
      return s.keep(
          s.map(layout.outputs(), (piece, output) -> gather(piece, layer, groups, output)));
    }
  }

  private Ciphertext group(
      StepContext ctx, List<Ciphertext> parts, List<Ciphertext> keys, int group) {
    ScoreLayout layout = context.packing().scores();
    int g = layout.parts();
    Ciphertext sum = moved(ctx, parts, keys, group, 1 - g);
    for (int delta = 2 - g; delta < g; delta++) {
      sum = ctx.plus(sum, moved(ctx, parts, keys, group, delta));
    }
    return SlotSums.window(ctx, sum, layout.partWidth(), group % layout.partWidth());
  }

  /** The products of a group that move by δ parts. */
  private Ciphertext moved(
      StepContext ctx, List<Ciphertext> parts, List<Ciphertext> keys, int group, int delta) {
    ScoreLayout layout = context.packing().scores();
    int g = layout.parts();
    List<Ciphertext> left = new ArrayList<>();
    List<Ciphertext> right = new ArrayList<>();
    for (int a = Math.max(0, delta); a < Math.min(g, g + delta); a++) {
      left.add(parts.get(a));
      right.add(keys.get(layout.offset(a - delta, group)));
    }
    try (StepContext s = ctx.open()) {
      Ciphertext product = s.relinearize(s.sumOfProducts(left, right));
      return s.keep(delta == 0 ? product : s.rotate(product, delta * layout.partWidth()));
    }
  }

  private Ciphertext gather(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> groups, int output) {
    ScoreLayout layout = context.packing().scores();
    int[] index = new int[groups.size()];
    for (int group = 0; group < index.length; group++) {
      index[group] = group / layout.partWidth() == output ? group % layout.partWidth() : -1;
    }
    return ctx.rescale(ctx.sumOfPlainProducts(groups, layer.scoreMasks(), index));
  }
}
