package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.Objects;

/**
 * The end of an inference: classifier, or the last norm's affine part, then the sum over tokens
 * that the client has already weighted for pooling. One limb at the end; every token row holds the
 * sum. Without pooling nothing is summed: one product serves all tokens, as everywhere else, and
 * each row holds its own token's outputs.
 */
final class HeadStep {

  private final ModelContext context;
  private final StepContext ctx;
  private final EncodedModel model;

  HeadStep(ModelContext context, StepContext ctx, EncodedModel model) {
    this.context = context;
    this.ctx = ctx;
    this.model = model;
  }

  /** The tanh pooler's pre-activations. */
  List<Ciphertext> pool(List<Ciphertext> pooled) {
    return linear(Objects.requireNonNull(model.pooler()), pooled, true);
  }

  /**
   * Logits, the value, or the embedding.
   *
   * @param summing whether tokens are still to be summed; not behind a pooler
   */
  List<Ciphertext> compute(List<Ciphertext> pooled, boolean summing) {
    EncodedLinear classifier = model.classifier();
    if (classifier == null) {
      PeriodicPlaintexts gamma = Objects.requireNonNull(model.outputGamma());
      PeriodicPlaintexts beta = Objects.requireNonNull(model.outputBeta());
      return ctx.parallel().map(pooled.size(), block -> affine(pooled, gamma, beta, block));
    }
    return linear(classifier, pooled, summing);
  }

  private List<Ciphertext> linear(EncodedLinear linear, List<Ciphertext> input, boolean summing) {
    try (Owned owned = new Owned()) {
      List<Ciphertext> products = owned.keepAll(LinearStep.products(ctx, linear, input));
      return ctx.parallel()
          .map(
              products.size(),
              block -> finished(products.get(block), linear.bias(), block, summing));
    }
  }

  private Ciphertext finished(
      Ciphertext product, PeriodicPlaintexts bias, int block, boolean summing) {
    try (Running running = new Running(summed(product, summing))) {
      return running
          .then(s -> ctx.evaluator().addPlain(s, bias, block))
          .then(ctx.evaluator()::rescale)
          .take();
    }
  }

  private Ciphertext affine(
      List<Ciphertext> pooled, PeriodicPlaintexts gamma, PeriodicPlaintexts beta, int block) {
    try (Ciphertext product =
        ctx.evaluator().sumOfPlainProducts(List.of(pooled.get(block)), gamma, new int[] {block})) {
      return finished(product, beta, block, true);
    }
  }

  /**
   * Sum over all tokens for mean pooling; a copy for CLS, where only its row is not zero, and
   * without pooling.
   */
  private Ciphertext summed(Ciphertext product, boolean summing) {
    try (Running sum = new Running(ctx.drop(product, product.limbs()))) {
      if (summing && context.shape().pooling() == Pooling.MEAN) {
        for (int tokens = 1; tokens < context.tokens(); tokens *= 2) {
          int step = tokens * context.features();
          sum.then(
              s -> {
                try (Ciphertext rotated = ctx.rotate(s, step)) {
                  return ctx.evaluator().add(s, rotated);
                }
              });
        }
      }
      return sum.take();
    }
  }
}
