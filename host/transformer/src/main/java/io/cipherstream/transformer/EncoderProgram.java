package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The appliance's side of one inference in mode paper or compact as a state machine over any
 * evaluator: traced to make a plan, simulated on plain slots, or run on ciphertexts. What differs
 * between the two is {@link AttentionMode}'s.
 *
 * <p>A layer's steps, each ending in a round with the client:
 *
 * <ol>
 *   <li>Q, K, V and scores → THE-X's kernel;
 *   <li>hinges of T, or a blinded row sum → ReLU, or reciprocal;
 *   <li>weighted values, output projection, residual → refresh;
 *   <li>first FFN product → activation;
 *   <li>second FFN product, residual → refresh or, at the end of a model with pooling, pool (and,
 *       where the model has a pooler, one more round for it).
 * </ol>
 */
final class EncoderProgram implements StepProgram {

  private final ModelContext context;
  private final EncodedModel model;
  private final AttentionMode mode;
  private StepProgram next = this::scores;
  private int layer;

  /** State that a step keeps for later ones. */
  private List<Ciphertext> residual = List.of();

  private List<Ciphertext> values = List.of();
  private List<Ciphertext> weighted = List.of();

  EncoderProgram(ModelContext context, EncodedModel model, AttentionMode mode) {
    this.context = context;
    this.model = model;
    this.mode = mode;
  }

  /** What the client sends first. */
  static List<CiphertextSpec> inputs(ModelContext context) {
    return new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.ACTIVATION)
        .times(context.hiddenBlocks());
  }

  @Override
  public Exchange step(StepContext ctx, List<Ciphertext> received) {
    return next.step(ctx, received);
  }

  private EncodedLayer weights() {
    return model.layer(layer);
  }

  private Exchange scores(StepContext ctx, List<Ciphertext> input) {
    List<List<Ciphertext>> projected =
        LinearStep.apply(
            ctx, List.of(weights().query(), weights().key(), weights().value()), input);
    values = ctx.keep(projected.get(2));
    residual = ctx.keep(lowered(ctx, input, 1));
    List<Ciphertext> scores =
        new AttentionScores(context, model)
            .compute(ctx, weights(), projected.get(0), projected.get(1));
    next = this::weighted;
    return new Exchange(layer, ClientOperation.KERNEL, scores, mode.answers());
  }

  /** The same with that many limbs. */
  private static List<Ciphertext> lowered(StepContext ctx, List<Ciphertext> input, int limbs) {
    return input.get(0).limbs() == limbs ? input : ctx.dropAll(input, limbs);
  }

  private Exchange weighted(StepContext ctx, List<Ciphertext> received) {
    TokenLayout tokens = context.packing().tokens();
    AttentionSpread spread = new AttentionSpread(context, model);
    int packed = context.packing().weights().ciphertexts();
    ctx.take(values);
    weighted = new ArrayList<>();
    List<Ciphertext> rowSums = new ArrayList<>();
    for (int block = 0; block < values.size(); block++) {
      List<Ciphertext> own = received.subList(block * packed, (block + 1) * packed);
      try (StepContext s = ctx.open()) {
        List<Ciphertext> weights = spread.block(s, own);
        weighted.add(s.keep(AttentionValues.compute(s, tokens, weights, values.get(block))));
        rowSums.add(s.keep(s.sum(weights)));
      }
    }
    ctx.free(values);
    AttentionMode.Question question =
        mode.normalise(
            ctx, weights(), rowSums, received.subList(values.size() * packed, received.size()));
    ctx.keep(weighted);
    next = this::factors;
    return new Exchange(layer, question.operation(), question.down(), question.up());
  }

  private Exchange factors(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> factors = mode.factors(ctx, weights(), received);
    List<Ciphertext> raw = ctx.take(weighted);
    weighted = AttentionValues.products(ctx, raw, factors);
    ctx.free(raw);
    ctx.free(factors);
    return project(ctx);
  }

  /** Output projection and residual; then the client refreshes. */
  private Exchange project(StepContext ctx) {
    List<Ciphertext> sums =
        LinearStep.apply(
            ctx,
            weights().attentionOutput(),
            weighted,
            new LinearStep.Residual(ctx.take(residual), weights().attentionResidual()));
    next = this::intermediate;
    Scales.LinearScale first = context.scales().intermediate(layer);
    int limbs = Math.max(first.limbs(), context.scales().ffnOutput(layer).limbs());
    CiphertextSpec up = new CiphertextSpec(limbs, first.input());
    return new Exchange(layer, ClientOperation.REFRESH, sums, up.times(context.hiddenBlocks()));
  }

  private Exchange intermediate(StepContext ctx, List<Ciphertext> received) {
    Scales.LinearScale first = context.scales().intermediate(layer);
    Scales.LinearScale second = context.scales().ffnOutput(layer);
    List<Ciphertext> activation = linear(ctx, weights().intermediate(), first, received, null);
    residual = ctx.keep(lowered(ctx, received, second.limbs()));
    next = this::output;
    CiphertextSpec up = new CiphertextSpec(second.limbs(), second.input());
    return new Exchange(
        layer, ClientOperation.ACTIVATION, activation, up.times(context.packing().ffn().blocks()));
  }

  /** A product at its own limbs; a second limb is rescaled away before it is sent. */
  private static List<Ciphertext> linear(
      StepContext ctx,
      EncodedLinear linear,
      Scales.LinearScale scale,
      List<Ciphertext> input,
      LinearStep.@Nullable Residual added) {
    List<Ciphertext> product =
        LinearStep.apply(ctx, linear, lowered(ctx, input, scale.limbs()), added);
    return scale.limbs() == 1
        ? product
        : ctx.map(product.size(), (s, i) -> s.rescale(product.get(i)));
  }

  private Exchange output(StepContext ctx, List<Ciphertext> received) {
    List<Ciphertext> sums =
        linear(
            ctx,
            weights().ffnOutput(),
            context.scales().ffnOutput(layer),
            received,
            new LinearStep.Residual(ctx.take(residual), weights().ffnResidual()));
    int finished = layer++;
    if (layer < context.shape().layers()) {
      next = this::scores;
      return new Exchange(finished, ClientOperation.REFRESH, sums, inputs(context));
    }
    next = context.shape().pooler().exists() ? this::pooler : this::head;
    return new Exchange(
        finished,
        context.shape().pooling() == Pooling.NONE ? ClientOperation.REFRESH : ClientOperation.POOL,
        sums,
        pooled());
  }

  /** What the client sends for the head. */
  private List<CiphertextSpec> pooled() {
    Scales.LinearScale head = context.scales().head();
    return new CiphertextSpec(head.limbs(), head.input()).times(context.hiddenBlocks());
  }

  private Exchange pooler(StepContext ctx, List<Ciphertext> received) {
    next = this::head;
    return new Exchange(
        context.shape().layers() - 1,
        ClientOperation.of(context.shape().pooler()),
        new HeadStep(context, model).pool(ctx, received),
        pooled());
  }

  private Exchange head(StepContext ctx, List<Ciphertext> received) {
    next = EncoderProgram::finished;
    return new Exchange(
        context.shape().layers() - 1,
        null,
        new HeadStep(context, model).compute(ctx, received, !context.shape().pooler().exists()),
        List.of());
  }

  private static Exchange finished(StepContext ctx, List<Ciphertext> received) {
    throw new IllegalStateException("the inference is finished");
  }
}
