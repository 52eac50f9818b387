package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A whole CQ on ciphertexts, without a round: {@link io.cipherstream.model.sealed.MergedEncoder}'s
 * four levels, then the sum over all slots. Runs on any evaluator: traced, simulated or encrypted.
 *
 * <p>A request has the repeated mean, then for each chunk its rows, both with complex slots, and
 * its weights w. The answer is one ciphertext per output with the same real value in every slot.
 */
final class SealedProgram implements StepProgram {

  private final SealedLayout layout;
  private final SealedWeights weights;

  SealedProgram(SealedLayout layout, SealedWeights weights) {
    this.layout = layout;
    this.weights = weights;
  }

  /** What the client sends. */
  static List<CiphertextSpec> inputs(int chunks) {
    CiphertextSpec rows = new CiphertextSpec(SealedScales.LIMBS, SealedScales.INPUT);
    CiphertextSpec weights = new CiphertextSpec(SealedScales.SQUARE_LIMBS, SealedScales.INPUT);
    List<CiphertextSpec> specs = new ArrayList<>(List.of(rows));
    Collections.nCopies(chunks, List.of(rows, weights)).forEach(specs::addAll);
    return specs;
  }

  /**
   * The contribution of a chunk to level 4: the values of each output, e²·w, and for the first
   * chunk the [CLS] terms.
   */
  private record Factors(List<Ciphertext> values, Ciphertext attention, List<Ciphertext> own) {}

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    List<Factors> chunks = new ArrayList<>();
    for (int i = 1; i < received.size(); i += 2) {
      chunks.add(chunk(ctx, received.get(i), received.get(0), received.get(i + 1), i == 1));
    }
    int outputs = weights.shape().outputs();
    return new Exchange(0, null, ctx.map(outputs, (s, j) -> output(s, chunks, j)), List.of());
  }

  private Factors chunk(
      StepContext ctx, Ciphertext x, Ciphertext mean, Ciphertext w, boolean first) {
    int outputs = weights.shape().outputs();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> input = WindowStep.input(s, layout, x, mean);
      List<Ciphertext> squares = WindowStep.squares(s, weights.window(), input);
      List<Ciphertext> lowered = s.dropAll(input, SealedScales.SQUARE_LIMBS);
      List<Ciphertext> hidden = squares.subList(0, weights.blocks());
      Ciphertext attention = s.product(squares.get(weights.blocks()), w);
      List<Ciphertext> values = s.map(outputs, (piece, j) -> values(piece, j, hidden, lowered));
      List<Ciphertext> own =
          s.map(first ? outputs : 0, (piece, j) -> own(piece, j, hidden, lowered));
      return new Factors(s.keep(values), s.keep(attention), s.keep(own));
    }
  }

  /**
   * G of all heads of an output, level 3: at each head's positions parts that sum to it. Every turn
   * is a sum of products whose factors pick, for each position, the head that it is brought to.
   */
  private Ciphertext values(
      StepContext ctx, int output, List<Ciphertext> squares, List<Ciphertext> input) {
    SealedShape shape = weights.shape();
    int turns = shape.turns();
    int none = -shape.turn(0);
    int positions = shape.positions(layout.features());
    List<Ciphertext> terms =
        ctx.map(
            turns,
            (s, k) ->
                quadratic(
                    s, output * turns + k, squares, weights.squares(), input, weights.linear()));
    List<Ciphertext> backward = new ArrayList<>(terms.subList(0, none));
    List<Ciphertext> forward = new ArrayList<>(terms.subList(none + 1, turns));
    Collections.reverse(forward);
    List<Ciphertext> parts =
        new ArrayList<>(
            ctx.map(
                turns == 1 ? 0 : 2,
                (s, side) ->
                    turned(s, side == 0 ? backward : forward, side == 0 ? -positions : positions)));
    parts.add(terms.get(none));
    return ctx.rescale(ctx.addPlain(ctx.sum(parts), weights.added(), output));
  }

  /** rot(… rot(rot(x₀, step) + x₁, step) …, step). */
  private static Ciphertext turned(StepContext ctx, List<Ciphertext> x, int step) {
    Ciphertext sum = ctx.rotate(x.get(0), step);
    for (Ciphertext term : x.subList(1, x.size())) {
      sum = ctx.rotate(ctx.add(sum, term), step);
    }
    return sum;
  }

  /** [CLS]' own term of an output at the scale of level 4's products. */
  private Ciphertext own(
      StepContext ctx, int output, List<Ciphertext> squares, List<Ciphertext> input) {
    Ciphertext sum =
        quadratic(ctx, output, squares, weights.ownSquares(), input, weights.ownLinear());
    return ctx.rescale(ctx.addPlain(sum, weights.ownAdded(), output));
  }

  /** Factors times squares and factors times rows. */
  private Ciphertext quadratic(
      StepContext ctx,
      int term,
      List<Ciphertext> squares,
      PeriodicPlaintexts squareFactors,
      List<Ciphertext> input,
      PeriodicPlaintexts linearFactors) {
    return WindowStep.quadratic(
        ctx,
        squares,
        squareFactors,
        weights.squareIndices(term),
        input,
        linearFactors,
        weights.linearIndices(term));
  }

  /**
   * Level 4 over all chunks, then the sum over all slots by doubling rotations, and its real part.
   */
  private Ciphertext output(StepContext ctx, List<Factors> chunks, int output) {
    List<Ciphertext> values = chunks.stream().map(c -> c.values().get(output)).toList();
    List<Ciphertext> attention = chunks.stream().map(Factors::attention).toList();
    Ciphertext product = ctx.relinearize(ctx.sumOfProducts(values, attention));
    Ciphertext sum = ctx.rescale(ctx.plus(product, chunks.get(0).own().get(output)));
    Ciphertext real = ctx.plusConjugate(SlotSums.all(ctx, sum, layout.slots()));
    return ctx.addPlain(real, weights.outputs(), output);
  }
}
