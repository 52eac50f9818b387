package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The appliance's side of mode hybrid: every product with a weight, and nothing else. All
 * ciphertexts have one limb, no two are multiplied, and each token is computed by itself.
 *
 * <p>A layer's steps, each ending in a round with the client:
 *
 * <ol>
 *   <li>Q, K and V → attention;
 *   <li>output projection and residual → normalise;
 *   <li>first FFN product → activation;
 *   <li>second FFN product and residual → normalise or, at the end of a model with pooling, pool
 *       (and, where the model has a pooler, one more round for it).
 * </ol>
 */
final class HybridProgram implements StepProgram {

  private final HybridContext context;
  private final HybridWeights weights;
  private StepProgram next = this::projections;
  private int layer;

  /** What entered the step before, all groups. */
  private List<Ciphertext> residual = List.of();

  HybridProgram(HybridContext context, HybridWeights weights) {
    this.context = context;
    this.weights = weights;
  }

  /** Every other step adds what entered the one before it. */
  @Override
  public boolean beginsWith(int nextRound) {
    int step = nextRound + 1;
    return step >= 4 * context.shape().layers() || step % 2 == 0;
  }

  @Override
  public void skipTo(int nextRound) {
    int step = nextRound + 1;
    if (!beginsWith(nextRound)) {
      throw new IllegalArgumentException("round " + nextRound + " needs the step before it");
    }
    layer = Math.min(step / 4, context.shape().layers());
    if (layer < context.shape().layers()) {
      next = step % 4 == 0 ? this::projections : this::intermediate;
    } else {
      next = context.shape().pooler().exists() && step % 4 == 0 ? this::pooler : this::head;
    }
  }

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    return next.step(ctx, received);
  }

  private Exchange projections(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums = apply(ctx, weights.layers().get(layer).projections(), received);
    residual = ctx.keep(received);
    next = this::attentionOutput;
    return new Exchange(
        layer,
        ClientOperation.ATTENTION,
        sums,
        context.fresh(context.scales().attentionOutput(layer), context.hidden()));
  }

  private Exchange attentionOutput(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums = restored(ctx, weights.layers().get(layer).attentionOutput(), received);
    next = this::intermediate;
    return new Exchange(
        layer,
        ClientOperation.NORMALIZE,
        sums,
        context.fresh(context.scales().intermediate(layer), context.hidden()));
  }

  private Exchange intermediate(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums = apply(ctx, weights.layers().get(layer).intermediate(), received);
    residual = ctx.keep(received);
    next = this::ffnOutput;
    return new Exchange(
        layer,
        ClientOperation.ACTIVATION,
        sums,
        context.fresh(context.scales().ffnOutput(layer), context.ffn()));
  }

  private Exchange ffnOutput(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums = restored(ctx, weights.layers().get(layer).ffnOutput(), received);
    int finished = layer++;
    if (layer < context.shape().layers()) {
      next = this::projections;
      return new Exchange(
          finished,
          ClientOperation.NORMALIZE,
          sums,
          context.fresh(context.scales().projections(layer), context.hidden()));
    }
    boolean pools = context.shape().pooler().exists();
    next = pools ? this::pooler : this::head;
    return new Exchange(
        finished,
        context.shape().pooling() == Pooling.NONE
            ? ClientOperation.NORMALIZE
            : ClientOperation.POOL,
        sums,
        context.freshRows(pools ? context.scales().pooler() : context.scales().head()));
  }

  private Exchange pooler(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums = apply(ctx, Objects.requireNonNull(weights.pooler()), received);
    next = this::head;
    return new Exchange(
        context.shape().layers() - 1,
        ClientOperation.of(context.shape().pooler()),
        sums,
        context.freshRows(context.scales().head()));
  }

  private Exchange head(StepContext ctx, List<Ciphertext> received) {
    HybridLinear classifier = weights.classifier();
    next = HybridProgram::finished;
    return new Exchange(
        context.shape().layers() - 1,
        null,
        classifier == null ? embedding(ctx, received) : apply(ctx, classifier, received),
        List.of());
  }

  /** γ∘y + β of the pooled rows. */
  private List<Ciphertext> embedding(StepContext ctx, List<Ciphertext> received) {
    PeriodicPlaintexts gamma = Objects.requireNonNull(weights.outputGamma());
    PeriodicPlaintexts beta = Objects.requireNonNull(weights.outputBeta());
    int blocks = context.hidden().blocks();
    return ctx.map(
        received.size(),
        (s, i) ->
            s.addPlain(s.multiplyPlain(received.get(i), gamma, i % blocks), beta, i % blocks));
  }

  private static Exchange finished(StepContext ctx, List<Ciphertext> received) {
    throw new IllegalStateException("the inference is finished");
  }

  private static List<Ciphertext> apply(
      StepContext ctx, HybridLinear linear, List<Ciphertext> input) {
    return products(ctx, linear, input, null);
  }

  /** A product with what entered the step before added to it. */
  private List<Ciphertext> restored(StepContext ctx, HybridLinear linear, List<Ciphertext> input) {
    return products(ctx, linear, input, ctx.take(residual));
  }

  /** W·x + b group by group; the groups share the weights. */
  private static List<Ciphertext> products(
      StepContext ctx,
      HybridLinear linear,
      List<Ciphertext> input,
      @Nullable List<Ciphertext> added) {
    int groups = input.size() / linear.inputs();
    List<Ciphertext> sums = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      List<Ciphertext> own = input.subList(g * linear.inputs(), (g + 1) * linear.inputs());
      int size = added == null ? 0 : added.size() / groups;
      sums.addAll(
          linear.apply(ctx, own, added == null ? null : added.subList(g * size, (g + 1) * size)));
    }
    return sums;
  }
}
