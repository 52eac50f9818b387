package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Attention weights as the client packs them ({@link WeightLayout}) to one ciphertext an offset, in
 * which every position of a head has the weight:
 *
 * <pre>w_r = Σ_j e_j ⊙ rot(x, ρ·step(r, j)),   e_j = 1 at positions j·ρ to j·ρ + ρ − 1 of a head
 * </pre>
 *
 * A ciphertext is rotated 2G − 1 times and its G offsets share the rotations, G products with a
 * mask each. Steps are composed, k = 32c + 8a + b, from three kinds of key. Level: one less than
 * the operands'.
 */
final class AttentionSpread {

  /** Rotations that share the one before them, in the order of {@code 8a + b}. */
  private static final int RUN = 8;

  /** Runs that share the one before them. */
  private static final int RUNS = 4;

  private final WeightLayout layout;
  private final EncodedModel model;

  AttentionSpread(ModelContext context, EncodedModel model) {
    this.layout = context.packing().weights();
    this.model = model;
  }

  /**
   * The T weights of a block.
   *
   * @param packed {@link WeightLayout#ciphertexts} ciphertexts of one block
   */
  List<Ciphertext> block(StepContext ctx, List<Ciphertext> packed) {
    List<Ciphertext> weights = new ArrayList<>();
    for (Ciphertext x : packed) {
      try (StepContext s = ctx.open()) {
        List<Ciphertext> rotated = rotations(s, x);
        weights.addAll(s.keep(s.map(layout.offsets(), (piece, r) -> weight(piece, rotated, r))));
      }
    }
    return weights;
  }

  private Ciphertext weight(StepContext ctx, List<Ciphertext> rotated, int offset) {
    int[] targets = IntStream.range(0, layout.offsets()).toArray();
    List<Ciphertext> moved =
        IntStream.of(targets).mapToObj(j -> rotated.get(layout.step(offset, j))).toList();
    return ctx.rescale(ctx.sumOfPlainProducts(moved, model.weightMasks(), targets));
  }

  /** rot(x, ρ·k) for every step k. */
  private List<Ciphertext> rotations(StepContext ctx, Ciphertext x) {
    int runs = (layout.steps() + RUN - 1) / RUN;
    List<Ciphertext> bases = new ArrayList<>();
    Ciphertext first = x;
    while (bases.size() < runs) {
      if (!bases.isEmpty()) {
        first = ctx.rotate(first, RUNS * RUN * layout.run());
      }
      bases.add(first);
      int more = Math.min(RUNS, runs - bases.size() + 1);
      bases.addAll(ctx.rotateAll(first, multiples(more, RUN * layout.run())));
    }
    List<List<Ciphertext>> others =
        ctx.mapAll(
            runs,
            (s, run) ->
                s.rotateAll(
                    bases.get(run),
                    multiples(Math.min(RUN, layout.steps() - run * RUN), layout.run())));
    List<Ciphertext> rotated = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      rotated.add(bases.get(run));
      rotated.addAll(others.get(run));
    }
    return rotated;
  }

  /** step, 2·step, … (count − 1)·step. */
  private static int[] multiples(int count, int step) {
    return IntStream.range(1, count).map(k -> k * step).toArray();
  }
}
