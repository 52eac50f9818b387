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
 *
 * <p>Texts that share a chunk share its rows, and level 1 with them. Each has weights w of its own,
 * which are 0 on all other texts, and so its own attention, sums and answers, text by text.
 */
final class SealedProgram implements StepProgram {

  private final SealedLayout layout;
  private final SealedWeights weights;
  private final int texts;

  /**
   * @param texts that share a chunk
   */
  SealedProgram(SealedLayout layout, SealedWeights weights, int texts) {
    this.layout = layout;
    this.weights = weights;
    this.texts = texts;
  }

  /** What the client sends of one text in so many chunks, or of texts that share one. */
  static List<CiphertextSpec> inputs(int chunks, int texts) {
    CiphertextSpec rows = new CiphertextSpec(SealedScales.LIMBS, SealedScales.INPUT);
    CiphertextSpec weights = new CiphertextSpec(SealedScales.SQUARE_LIMBS, SealedScales.INPUT);
    List<CiphertextSpec> chunk = new ArrayList<>(List.of(rows));
    chunk.addAll(Collections.nCopies(texts, weights));
    List<CiphertextSpec> specs = new ArrayList<>(List.of(rows));
    Collections.nCopies(chunks, chunk).forEach(specs::addAll);
    return specs;
  }

  /**
   * The contribution of a chunk to level 4: the values of each output, e²·w of each text, and for
   * the first chunk the [CLS] terms, [text][output].
   */
  private record Factors(
      List<Ciphertext> values, List<Ciphertext> attention, List<Ciphertext> own) {}

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    List<Factors> chunks = new ArrayList<>();
    for (int i = 1; i < received.size(); i += 1 + texts) {
      List<Ciphertext> w = received.subList(i + 1, i + 1 + texts);
      chunks.add(chunk(ctx, received.get(i), received.get(0), w, i == 1));
    }
    int answers = texts * weights.shape().outputs();
    return new Exchange(0, null, ctx.map(answers, (s, i) -> output(s, chunks, i)), List.of());
  }

  private Factors chunk(
      StepContext ctx, Ciphertext x, Ciphertext mean, List<Ciphertext> w, boolean first) {
    int outputs = weights.shape().outputs();
    try (StepContext s = ctx.open()) {
      List<Ciphertext> input = WindowStep.input(s, layout, x, mean);
      List<Ciphertext> squares = WindowStep.squares(s, weights.window(), input);
      List<Ciphertext> lowered = s.dropAll(input, SealedScales.SQUARE_LIMBS);
      List<Ciphertext> hidden = squares.subList(0, weights.blocks());
      Ciphertext scores = squares.get(weights.blocks());
      List<Ciphertext> attention =
          s.map(texts, (piece, text) -> piece.product(scores, w.get(text)));
      List<Ciphertext> values = s.map(outputs, (piece, j) -> values(piece, j, hidden, lowered));
      List<Ciphertext> own =
          s.map(first ? texts * outputs : 0, (piece, i) -> own(piece, i, hidden, lowered));
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

  /**
   * [CLS]' own term of an answer at the scale of level 4's products.
   *
   * @param answer of an output of a text, [text][output]
   */
  private Ciphertext own(
      StepContext ctx, int answer, List<Ciphertext> squares, List<Ciphertext> input) {
    Ciphertext sum =
        quadratic(ctx, answer, squares, weights.ownSquares(), input, weights.ownLinear());
    return ctx.rescale(ctx.addPlain(sum, weights.ownAdded(), answer));
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
  private Ciphertext output(StepContext ctx, List<Factors> chunks, int answer) {
    int output = answer % weights.shape().outputs();
    int text = answer / weights.shape().outputs();
    List<Ciphertext> values = chunks.stream().map(c -> c.values().get(output)).toList();
    List<Ciphertext> attention = chunks.stream().map(c -> c.attention().get(text)).toList();
    Ciphertext product = ctx.relinearize(ctx.sumOfProducts(values, attention));
    Ciphertext sum = ctx.rescale(ctx.plus(product, chunks.get(0).own().get(answer)));
    Ciphertext real = ctx.plusConjugate(SlotSums.all(ctx, sum, layout.slots()));
    return ctx.addPlain(real, weights.outputs(), output);
  }
}
