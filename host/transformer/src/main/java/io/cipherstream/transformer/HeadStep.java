package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.Objects;

/**
 * The end of an inference: classifier, or the affine part of the last norm, then the sum over
 * tokens, which the client has already weighted for pooling. The result has one limb, and every
 * token row has the sum. Without pooling nothing is summed: one product serves all tokens, and each
 * row has its own token's outputs.
 */
final class HeadStep {

  private final ModelContext context;
  private final EncodedModel model;

  HeadStep(ModelContext context, EncodedModel model) {
    this.context = context;
    this.model = model;
  }

  /** The pooler's pre-activations. */
  List<Ciphertext> pool(StepContext ctx, List<Ciphertext> pooled) {
    return linear(ctx, Objects.requireNonNull(model.pooler()), pooled, true);
  }

  /**
   * Logits, the value, or the embedding.
   *
   * @param summing whether tokens are still to be summed; not behind a pooler
   */
  List<Ciphertext> compute(StepContext ctx, List<Ciphertext> pooled, boolean summing) {
    EncodedLinear classifier = model.classifier();
    if (classifier == null) {
      PeriodicPlaintexts gamma = Objects.requireNonNull(model.outputGamma());
      PeriodicPlaintexts beta = Objects.requireNonNull(model.outputBeta());
      return ctx.map(
          pooled.size(),
          (s, block) ->
              finished(s, s.multiplyPlain(pooled.get(block), gamma, block), beta, block, true));
    }
    return linear(ctx, classifier, pooled, summing);
  }

  private List<Ciphertext> linear(
      StepContext ctx, EncodedLinear linear, List<Ciphertext> input, boolean summing) {
    List<Ciphertext> products = LinearStep.products(ctx, linear, input);
    return ctx.map(
        products.size(),
        (s, block) -> finished(s, products.get(block), linear.bias(), block, summing));
  }

  private Ciphertext finished(
      StepContext ctx, Ciphertext product, PeriodicPlaintexts bias, int block, boolean summing) {
    Ciphertext summed = summing ? summed(ctx, product) : product;
    return ctx.rescale(ctx.addPlain(summed, bias, block));
  }

  /** Sum over all tokens for mean pooling; unchanged for CLS, where only its row is not zero. */
  private Ciphertext summed(StepContext ctx, Ciphertext product) {
    return context.shape().pooling() == Pooling.MEAN
        ? SlotSums.strided(ctx, product, context.features(), context.tokens())
        : product;
  }
}
