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
 * b)·s. All products that move alike are added before they are relinearised and rotated once:
 *
 * <pre>c = Σ_δ rot(Σ_{a−b=δ} (q ⊙ part_a) ⊙ rot(k, r_b·F), δ·s)</pre>
 *
 * That leaves g partial sums of s values, folded by log₂ s doubling rotations whose signs bring the
 * sum to position p of the part; a mask keeps that position and the groups are added. Key switches
 * a block: (T/g)(4g − 3 + log₂ s) beside T − 1 rotations of k; ciphertext products: T·g.
 *
 * <p>Levels: q and k arrive at {@link Scales#ATTENTION_LIMBS} and are rescaled once; scores leave
 * at one limb.
 */
final class AttentionScores {

  private final ModelContext context;
  private final StepContext ctx;
  private final EncodedModel model;

  AttentionScores(ModelContext context, StepContext ctx, EncodedModel model) {
    this.context = context;
    this.ctx = ctx;
    this.model = model;
  }

  /**
   * Scores of all blocks, {@link ScoreLayout#outputs()} ciphertexts a block.
   *
   * @param queries unscaled products at three limbs; stay open
   * @param keys the same
   */
  List<Ciphertext> compute(EncodedLayer layer, List<Ciphertext> queries, List<Ciphertext> keys) {
    try (Owned owned = new Owned()) {
      List<Ciphertext> scores = new ArrayList<>();
      for (int block = 0; block < queries.size(); block++) {
        scores.addAll(owned.keepAll(block(layer, queries.get(block), keys.get(block))));
      }
      scores.forEach(owned::release);
      return scores;
    }
  }

  private List<Ciphertext> block(EncodedLayer layer, Ciphertext query, Ciphertext key) {
    ScoreLayout layout = context.packing().scores();
    try (Owned owned = new Owned()) {
      List<Ciphertext> parts =
          owned.keepAll(ctx.parallel().map(layout.parts(), part -> masked(query, part)));
      Ciphertext rescaled = owned.keep(ctx.evaluator().rescale(key));
      List<Ciphertext> rotated =
          owned.keepAll(TokenRotations.all(ctx, context.packing().tokens(), rescaled));
      List<Ciphertext> groups =
          owned.keepAll(ctx.parallel().map(layout.groups(), group -> group(parts, rotated, group)));
      return ctx.parallel().map(layout.outputs(), output -> gather(layer, groups, output));
    }
  }

  private Ciphertext masked(Ciphertext query, int part) {
    try (Running q =
        new Running(
            ctx.evaluator()
                .sumOfPlainProducts(List.of(query), model.queryMasks(), new int[] {part}))) {
      return q.then(ctx.evaluator()::rescale).take();
    }
  }

  private Ciphertext group(List<Ciphertext> parts, List<Ciphertext> keys, int group) {
    ScoreLayout layout = context.packing().scores();
    int g = layout.parts();
    try (Running sum = new Running()) {
      for (int delta = 1 - g; delta < g; delta++) {
        List<Ciphertext> left = new ArrayList<>();
        List<Ciphertext> right = new ArrayList<>();
        for (int a = Math.max(0, delta); a < Math.min(g, g + delta); a++) {
          left.add(parts.get(a));
          right.add(keys.get(layout.offset(a - delta, group)));
        }
        sum.add(ctx.evaluator(), moved(left, right, delta * layout.partWidth()));
      }
      int position = group % layout.partWidth();
      for (int step = layout.partWidth() / 2; step >= 1; step /= 2) {
        int signed = (position & step) == 0 ? step : -step;
        sum.then(s -> folded(s, signed));
      }
      return sum.take();
    }
  }

  private Ciphertext moved(List<Ciphertext> left, List<Ciphertext> right, int step) {
    try (Running product = new Running(ctx.evaluator().sumOfProducts(left, right))) {
      product.then(p -> ctx.evaluator().relinearize(p, ctx.keys()));
      if (step != 0) {
        product.then(p -> ctx.rotate(p, step));
      }
      return product.take();
    }
  }

  private Ciphertext folded(Ciphertext sum, int step) {
    try (Ciphertext rotated = ctx.rotate(sum, step)) {
      return ctx.evaluator().add(sum, rotated);
    }
  }

  private Ciphertext gather(EncodedLayer layer, List<Ciphertext> groups, int output) {
    ScoreLayout layout = context.packing().scores();
    int[] index = new int[groups.size()];
    for (int group = 0; group < index.length; group++) {
      index[group] = group / layout.partWidth() == output ? group % layout.partWidth() : -1;
    }
    try (Running packed =
        new Running(ctx.evaluator().sumOfPlainProducts(groups, layer.scoreMasks(), index))) {
      return packed.then(ctx.evaluator()::rescale).take();
    }
  }
}
