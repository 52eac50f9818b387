package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
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
  private final StepContext ctx;

  SealedProgram(SealedLayout layout, SealedWeights weights, StepContext ctx) {
    this.layout = layout;
    this.weights = weights;
    this.ctx = ctx;
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
  private record Factors(List<Ciphertext> values, List<Ciphertext> attention, List<Ciphertext> own)
      implements AutoCloseable {
    @Override
    public void close() {
      List<Ciphertext> all = new ArrayList<>(values);
      all.addAll(attention);
      all.addAll(own);
      Owned.closeAll(all);
    }
  }

  @Override
  public Exchange step(List<Ciphertext> received) {
    try (Owned owned = new Owned()) {
      owned.keepAll(new ArrayList<>(received));
      return new Exchange(0, null, run(received), List.of());
    }
  }

  @Override
  public void close() {}

  /** The outputs; the caller closes them. What was received stays open. */
  private List<Ciphertext> run(List<Ciphertext> received) {
    SealedShape shape = weights.shape();
    try (Owned owned = new Owned()) {
      List<Factors> chunks = new ArrayList<>();
      for (int i = 1; i < received.size(); i += 2) {
        chunks.add(
            owned.keep(chunk(received.get(i), received.get(0), received.get(i + 1), i == 1)));
      }
      return ctx.parallel().map(shape.outputs(), j -> output(chunks, j, shape.heads()));
    }
  }

  private Factors chunk(Ciphertext x, Ciphertext mean, Ciphertext w, boolean first) {
    SealedShape shape = weights.shape();
    int blocks = weights.blocks();
    try (Owned owned = new Owned()) {
      List<Ciphertext> window =
          owned.keepAll(
              ctx.parallel()
                  .map(
                      SealedLayout.SHIFTS,
                      c -> ctx.rotate(x, SealedLayout.offset(c) * layout.features())));
      List<Ciphertext> input = new ArrayList<>(window);
      input.add(mean);
      List<Ciphertext> products =
          owned.keepAll(
              LinearStep.pieces(
                  ctx, weights.window().babySteps(), weights.window().products(), input));
      List<Ciphertext> squares =
          owned.keepAll(ctx.parallel().map(products.size(), p -> square(products.get(p), p)));
      List<Ciphertext> lowered =
          owned.keepAll(
              ctx.parallel()
                  .map(
                      SealedLayout.SEEN,
                      c -> ctx.drop(input.get(c + 1), SealedScales.SQUARE_LIMBS)));
      List<Ciphertext> hidden = squares.subList(0, blocks);
      List<Ciphertext> attention =
          owned.keepAll(
              ctx.parallel().map(shape.heads(), h -> product(squares.get(blocks + h), w)));
      int heads = shape.heads();
      List<Ciphertext> values =
          owned.keepAll(
              ctx.parallel()
                  .map(
                      shape.outputs() * heads,
                      i -> value(shape.row(i / heads, i % heads), hidden, lowered)));
      List<Ciphertext> own =
          owned.keepAll(
              ctx.parallel().map(first ? shape.outputs() : 0, j -> own(j, hidden, lowered)));
      values.forEach(owned::release);
      attention.forEach(owned::release);
      own.forEach(owned::release);
      return new Factors(values, attention, own);
    }
  }

  /** Levels 1 and 2 of a piece: constant, rescale, square, rescale. */
  private Ciphertext square(Ciphertext product, int piece) {
    CkksEvaluator evaluator = ctx.evaluator();
    try (Ciphertext shifted = evaluator.addPlain(product, weights.window().constants(), piece);
        Ciphertext value = evaluator.rescale(shifted)) {
      return ctx.reduce(evaluator.multiply(value, value));
    }
  }

  /** e²·w. */
  private Ciphertext product(Ciphertext square, Ciphertext w) {
    return ctx.reduce(ctx.evaluator().multiply(square, w));
  }

  /** G of one head and output: level 3. */
  private Ciphertext value(int row, List<Ciphertext> squares, List<Ciphertext> input) {
    return quadratic(row, squares, weights.squares(), input, weights.linear(), weights.added());
  }

  /** [CLS]' own term of an output at the scale of level 4's products. */
  private Ciphertext own(int output, List<Ciphertext> squares, List<Ciphertext> input) {
    return quadratic(
        output, squares, weights.ownSquares(), input, weights.ownLinear(), weights.ownAdded());
  }

  /** Factors times squares, factors times rows, and a constant; rescaled. */
  private Ciphertext quadratic(
      int row,
      List<Ciphertext> squares,
      PeriodicPlaintexts squareFactors,
      List<Ciphertext> input,
      PeriodicPlaintexts linearFactors,
      PeriodicPlaintexts added) {
    CkksEvaluator evaluator = ctx.evaluator();
    try (Running sum = new Running()) {
      sum.add(
          evaluator,
          evaluator.sumOfPlainProducts(squares, squareFactors, weights.squareIndices(row)));
      sum.add(
          evaluator,
          evaluator.sumOfPlainProducts(input, linearFactors, weights.linearIndices(row)));
      return sum.then(s -> evaluator.addPlain(s, added, row)).then(evaluator::rescale).take();
    }
  }

  /** Level 4 over all heads and chunks, then the sum over all slots by doubling rotations. */
  private Ciphertext output(List<Factors> chunks, int output, int heads) {
    CkksEvaluator evaluator = ctx.evaluator();
    List<Ciphertext> values = new ArrayList<>();
    List<Ciphertext> attention = new ArrayList<>();
    for (Factors chunk : chunks) {
      values.addAll(chunk.values().subList(output * heads, (output + 1) * heads));
      attention.addAll(chunk.attention());
    }
    Ciphertext own = chunks.get(0).own().get(output);
    try (Running sum = new Running(evaluator.sumOfProducts(values, attention))) {
      sum.then(s -> evaluator.relinearize(s, ctx.keys()))
          .then(s -> evaluator.add(s, own))
          .then(evaluator::rescale);
      try (Ciphertext all = SlotSums.all(ctx, sum.take(), layout.slots())) {
        return evaluator.addPlain(all, weights.outputs(), output);
      }
    }
  }
}
