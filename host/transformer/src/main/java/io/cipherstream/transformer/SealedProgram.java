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
 * <p>A request holds the repeated mean, then for each chunk its rows and its weights w. The answer
 * is one ciphertext an output with the same value in every slot.
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

  /** What a chunk brings to level 4: for output j and head h both factors at j·heads + h. */
  private record Factors(
      List<Ciphertext> values, List<Ciphertext> attention, List<Ciphertext> own) {}

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
    SealedShape shape = weights.shape();
    WindowMatrix window = weights.window();
    int blocks = weights.blocks();
    int heads = shape.heads();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> input =
          new ArrayList<>(
              s.map(
                  SealedLayout.SHIFTS,
                  (piece, c) -> piece.rotate(x, SealedLayout.offset(c) * layout.features())));
      input.add(mean);
      List<Ciphertext> products =
          LinearStep.pieces(s, window.babySteps(), window.products(), input);
      List<Ciphertext> squares =
          s.map(products.size(), (piece, p) -> square(piece, products.get(p), p));
      List<Ciphertext> lowered =
          s.dropAll(input.subList(1, 1 + SealedLayout.SEEN), SealedScales.SQUARE_LIMBS);
      List<Ciphertext> hidden = squares.subList(0, blocks);
      List<Ciphertext> attention =
          s.map(heads, (piece, h) -> piece.product(squares.get(blocks + h), w));
      List<Ciphertext> values =
          s.map(
              shape.outputs() * heads,
              (piece, i) -> value(piece, shape.row(i / heads, i % heads), hidden, lowered));
      List<Ciphertext> own =
          s.map(first ? shape.outputs() : 0, (piece, j) -> own(piece, j, hidden, lowered));
      return new Factors(s.keep(values), s.keep(attention), s.keep(own));
    }
  }

  /** Levels 1 and 2 of a piece: constant, rescale, square, rescale. */
  private Ciphertext square(StepContext ctx, Ciphertext product, int piece) {
    Ciphertext value = ctx.rescale(ctx.addPlain(product, weights.window().constants(), piece));
    return ctx.product(value, value);
  }

  /** G of one head and output: level 3. */
  private Ciphertext value(
      StepContext ctx, int row, List<Ciphertext> squares, List<Ciphertext> input) {
    return quadratic(
        ctx, row, squares, weights.squares(), input, weights.linear(), weights.added());
  }

  /** [CLS]' own term of an output at the scale of level 4's products. */
  private Ciphertext own(
      StepContext ctx, int output, List<Ciphertext> squares, List<Ciphertext> input) {
    return quadratic(
        ctx, output, squares, weights.ownSquares(), input, weights.ownLinear(), weights.ownAdded());
  }

  /** Factors times squares, factors times rows, and a constant; rescaled. */
  private Ciphertext quadratic(
      StepContext ctx,
      int row,
      List<Ciphertext> squares,
      PeriodicPlaintexts squareFactors,
      List<Ciphertext> input,
      PeriodicPlaintexts linearFactors,
      PeriodicPlaintexts added) {
    Ciphertext sum =
        ctx.plus(
            ctx.sumOfPlainProducts(squares, squareFactors, weights.squareIndices(row)),
            ctx.sumOfPlainProducts(input, linearFactors, weights.linearIndices(row)));
    return ctx.rescale(ctx.addPlain(sum, added, row));
  }

  /** Level 4 over all heads and chunks, then the sum over all slots by doubling rotations. */
  private Ciphertext output(StepContext ctx, List<Factors> chunks, int output) {
    int heads = weights.shape().heads();
    List<Ciphertext> values = new ArrayList<>();
    List<Ciphertext> attention = new ArrayList<>();
    for (Factors chunk : chunks) {
      values.addAll(chunk.values().subList(output * heads, (output + 1) * heads));
      attention.addAll(chunk.attention());
    }
    Ciphertext product = ctx.relinearize(ctx.sumOfProducts(values, attention));
    Ciphertext sum = ctx.rescale(ctx.plus(product, chunks.get(0).own().get(output)));
    return ctx.addPlain(SlotSums.all(ctx, sum, layout.slots()), weights.outputs(), output);
  }
}
