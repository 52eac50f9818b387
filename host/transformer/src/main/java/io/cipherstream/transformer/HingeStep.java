package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The appliance's half of T: pre-activations for the client's ReLU, then the sum of what it
 * returns, spread over every position of a head. {@link EncodedHinges} has the formula.
 */
final class HingeStep {

  private final ModelContext context;
  private final EncodedHinges hinges;
  private final EncodedModel model;

  HingeStep(ModelContext context, EncodedModel model, EncodedHinges hinges) {
    this.context = context;
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
  List<Ciphertext> preActivations(
      StepContext ctx, List<Ciphertext> rowSums, List<Ciphertext> exponents) {
    int chunks = chunks();
    return ctx.map(
        rowSums.size() * chunks,
        (s, i) -> preActivation(s, rowSums.get(i / chunks), exponents.get(i / chunks), i % chunks));
  }

  private Ciphertext preActivation(
      StepContext ctx, Ciphertext rowSum, Ciphertext exponent, int chunk) {
    Ciphertext sum = ctx.drop(rowSum, exponent.limbs());
    return ctx.add(
        ctx.multiplyPlain(sum, hinges.slopes(), chunk),
        ctx.multiplyPlain(exponent, hinges.offsets(), chunk));
  }

  /**
   * g·T(s) at every position of a head, two limbs.
   *
   * @param activations the client's g²·ReLU(·), chunk by chunk, three limbs
   */
  List<Ciphertext> factors(StepContext ctx, List<Ciphertext> activations) {
    int chunks = chunks();
    return ctx.map(
        activations.size() / chunks,
        (s, block) -> factor(s, activations.subList(block * chunks, (block + 1) * chunks)));
  }

  private Ciphertext factor(StepContext ctx, List<Ciphertext> activations) {
    int stride = context.packing().stride();
    int[] index = IntStream.range(0, activations.size()).toArray();
    int[] steps = IntStream.iterate(1, step -> step < stride, step -> 2 * step).toArray();
    int[] back = Arrays.stream(steps).map(step -> -step).toArray();
    Ciphertext signed = ctx.sumOfPlainProducts(activations, hinges.signs(), index);
    Ciphertext sum = SlotSums.doubled(ctx, signed, steps);
    Ciphertext atFirst = ctx.multiplyPlain(sum, model.headMask(), 0);
    return ctx.rescale(SlotSums.doubled(ctx, atFirst, back));
  }
}
