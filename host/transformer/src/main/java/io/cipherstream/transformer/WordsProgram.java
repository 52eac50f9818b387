package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A whole CT on ciphertexts, without a round. Levels 1 to 3 are those of a CQ, with the term of
 * [CLS] computed for every token; its parts in a token's F slots are summed to the place of the
 * output, and level 4 masks all other slots.
 *
 * <p>A request has the repeated mean and the rows of each chunk, both with complex slots. Each
 * answer holds the outputs of all tokens of its chunks, as {@link WordsContext} lays them, and 0
 * elsewhere. Rows without a token hold what the model answers there: the appliance does not know
 * the length of a text.
 */
final class WordsProgram implements StepProgram {

  private final WordsContext context;
  private final WordsWeights weights;

  WordsProgram(WordsWeights weights) {
    this.context = weights.context();
    this.weights = weights;
  }

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    int chunks = received.size() - 1;
    List<List<Ciphertext>> answers = new ArrayList<>();
    for (int i = 0; i <= context.answer(chunks - 1); i++) {
      answers.add(new ArrayList<>());
    }
    for (int c = 0; c < chunks; c++) {
      answers.get(context.answer(c)).addAll(chunk(ctx, received.get(c + 1), received.get(0), c));
    }
    List<Ciphertext> sent = ctx.map(answers.size(), (s, i) -> masked(s, answers.get(i)));
    return new Exchange(0, null, sent, List.of());
  }

  /** Every output of a chunk's tokens, at its place and with rubbish elsewhere. */
  private List<Ciphertext> chunk(StepContext ctx, Ciphertext x, Ciphertext mean, int chunk) {
    try (StepContext s = ctx.open()) {
      List<Ciphertext> input = WindowStep.input(s, context.layout(), x, mean);
      List<Ciphertext> squares = WindowStep.squares(s, weights.window(), input);
      List<Ciphertext> lowered = s.dropAll(input, SealedScales.SQUARE_LIMBS);
      return s.keep(
          s.map(
              context.sizes().outputs(),
              (piece, j) -> output(piece, j, squares, lowered, context.place(chunk, j))));
    }
  }

  private Ciphertext output(
      StepContext ctx, int output, List<Ciphertext> squares, List<Ciphertext> input, int place) {
    Ciphertext parts =
        WindowStep.quadratic(
            ctx,
            squares,
            weights.squares(),
            weights.squareIndices(output),
            input,
            weights.linear(),
            weights.linearIndices(output));
    Ciphertext value = ctx.rescale(ctx.addPlain(parts, weights.added(), output));
    return SlotSums.window(ctx, value, context.features(), place);
  }

  /** One answer of outputs at places 0, 1, …: each masked, their sum, twice its real part. */
  private Ciphertext masked(StepContext ctx, List<Ciphertext> outputs) {
    int[] places = IntStream.range(0, outputs.size()).toArray();
    return ctx.plusConjugate(ctx.rescale(ctx.sumOfPlainProducts(outputs, weights.masks(), places)));
  }
}
