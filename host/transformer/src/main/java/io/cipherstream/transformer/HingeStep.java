package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;

/**
 * The server's half of T: pre-activations for the client's ReLU, then the sum of what it returns,
 * spread over every position of a head. {@link EncodedHinges} has the formula.
 */
final class HingeStep {

  private final ModelContext context;
  private final StepContext ctx;
  private final EncodedHinges hinges;
  private final EncodedModel model;

  HingeStep(ModelContext context, StepContext ctx, EncodedModel model, EncodedHinges hinges) {
    this.context = context;
    this.ctx = ctx;
    this.model = model;
    this.hinges = hinges;
  }

  private int chunks() {
    return context.packing().hingeChunks(context.shape().hinges());
  }

  /**
   * |cⱼ|·(1/g − ŝ/kⱼ), {@link Packing#hingeChunks} ciphertexts a block at two limbs.
   *
   * @param rowSums ŝ, three limbs
   * @param exponents 1/g, two limbs
   */
  List<Ciphertext> preActivations(List<Ciphertext> rowSums, List<Ciphertext> exponents) {
    int chunks = chunks();
    return ctx.parallel()
        .map(
            rowSums.size() * chunks,
            i -> preActivation(rowSums.get(i / chunks), exponents.get(i / chunks), i % chunks));
  }

  private Ciphertext preActivation(Ciphertext rowSum, Ciphertext exponent, int chunk) {
    int[] index = {chunk};
    try (Ciphertext sum = ctx.drop(rowSum, exponent.limbs());
        Ciphertext slope =
            ctx.evaluator().sumOfPlainProducts(List.of(sum), hinges.slopes(), index);
        Ciphertext offset =
            ctx.evaluator().sumOfPlainProducts(List.of(exponent), hinges.offsets(), index)) {
      return ctx.evaluator().add(slope, offset);
    }
  }

  /**
   * g·T(s) at every position of a head, two limbs.
   *
   * @param activations the client's g²·ReLU(·), chunk by chunk, three limbs
   */
  List<Ciphertext> factors(List<Ciphertext> activations) {
    int chunks = chunks();
    return ctx.parallel()
        .map(
            activations.size() / chunks,
            block -> factor(activations.subList(block * chunks, (block + 1) * chunks)));
  }

  private Ciphertext factor(List<Ciphertext> activations) {
    int[] index = new int[activations.size()];
    for (int i = 0; i < index.length; i++) {
      index[i] = i;
    }
    int stride = context.packing().stride();
    List<Integer> steps = new ArrayList<>();
    for (int step = 1; step < stride; step *= 2) {
      steps.add(step);
    }
    try (Running sum =
        new Running(ctx.evaluator().sumOfPlainProducts(activations, hinges.signs(), index))) {
      steps.forEach(step -> sum.then(s -> plusRotated(s, step)));
      sum.then(
          s -> ctx.evaluator().sumOfPlainProducts(List.of(s), model.headMask(), new int[] {0}));
      steps.forEach(step -> sum.then(s -> plusRotated(s, -step)));
      return sum.then(ctx.evaluator()::rescale).take();
    }
  }

  private Ciphertext plusRotated(Ciphertext a, int step) {
    try (Ciphertext rotated = ctx.rotate(a, step)) {
      return ctx.evaluator().add(a, rotated);
    }
  }
}
