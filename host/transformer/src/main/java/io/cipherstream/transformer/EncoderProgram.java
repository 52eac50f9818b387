package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one inference as a state machine over any evaluator: traced to make a plan,
 * simulated on plain slots, or run on ciphertexts. One thread at a time.
 *
 * <p>A layer's steps, each ending in a round with the client:
 *
 * <ol>
 *   <li>Q, K, V and scores → softmax, or THE-X's kernel;
 *   <li>(THE-X) hinges of T, or a blinded row sum → ReLU, or reciprocal;
 *   <li>weighted values, output projection, residual → normalise, or refresh;
 *   <li>first FFN product → activation;
 *   <li>second FFN product, residual → normalise, refresh or, at the end of a model with pooling,
 *       pool (and, where the model has a tanh pooler, one more round for it).
 * </ol>
 */
final class EncoderProgram implements StepProgram {

  private enum Stage {
    SCORES,
    WEIGHTS,
    FACTORS,
    INTERMEDIATE,
    OUTPUT,
    POOLER,
    HEAD,
    DONE
  }

  private final ModelContext context;
  private final StepContext ctx;
  private final EncodedModel model;
  private final RandomGenerator random;
  private final Owned held = new Owned();
  private Stage stage = Stage.SCORES;
  private int layer;
  private List<Ciphertext> residual = List.of();
  private List<Ciphertext> values = List.of();
  private List<Ciphertext> weighted = List.of();
  private @Nullable ReciprocalStep reciprocal;

  EncoderProgram(
      ModelContext context, StepContext ctx, EncodedModel model, RandomGenerator random) {
    this.context = context;
    this.ctx = ctx;
    this.model = model;
    this.random = random;
  }

  /** What the client sends first. */
  static List<CiphertextSpec> inputs(ModelContext context) {
    return copies(
        context.hiddenBlocks(), new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.ACTIVATION));
  }

  @Override
  public Exchange step(List<Ciphertext> received) {
    try (Owned owned = new Owned()) {
      owned.keepAll(new ArrayList<>(received));
      return switch (stage) {
        case SCORES -> scores(received, owned);
        case WEIGHTS -> weights(received);
        case FACTORS -> factors(received);
        case INTERMEDIATE -> intermediate(received, owned);
        case OUTPUT -> output(received);
        case POOLER -> pooler(received);
        case HEAD -> head(received);
        case DONE -> throw new IllegalStateException("the inference is finished");
      };
    }
  }

  private EncodedLayer weights() {
    return model.layer(layer);
  }

  private Exchange scores(List<Ciphertext> input, Owned owned) {
    boolean assisted = context.mode() == InferenceMode.ASSISTED;
    try (Owned temporary = new Owned()) {
      List<List<Ciphertext>> projected =
          LinearStep.apply(
              ctx, List.of(weights().query(), weights().key(), weights().value()), input, null);
      projected.forEach(temporary::keepAll);
      values = projected.get(2);
      values.forEach(temporary::release);
      if (assisted) {
        values = ctx.replaceAll(values, ctx.evaluator()::rescale);
      }
      held.keepAll(values);
      residual = keepResidual(input, 1, owned);
      List<Ciphertext> scores =
          new AttentionScores(context, ctx, model)
              .compute(weights(), projected.get(0), projected.get(1));
      stage = Stage.WEIGHTS;
      int count = context.headBlocks() * context.tokens();
      int limbs = assisted ? Scales.SCORE_LIMBS : Scales.ATTENTION_LIMBS;
      List<CiphertextSpec> up =
          copies(
              count, new CiphertextSpec(limbs, context.scales().attentionWeight(context.mode())));
      if (context.mode() == InferenceMode.PAPER) {
        up = new ArrayList<>(up);
        up.addAll(copies(context.headBlocks(), new CiphertextSpec(2, Scales.BLOCK_EXPONENT)));
      }
      return new Exchange(
          layer, assisted ? ClientOperation.SOFTMAX : ClientOperation.KERNEL, scores, up);
    }
  }

  /** Keeps the inputs for the residual at fewer limbs. */
  private List<Ciphertext> keepResidual(List<Ciphertext> input, int limbs, Owned owned) {
    if (input.stream().allMatch(c -> c.limbs() == limbs)) {
      input.forEach(owned::release);
      return held.keepAll(List.copyOf(input));
    }
    return held.keepAll(ctx.parallel().map(input.size(), i -> ctx.drop(input.get(i), limbs)));
  }

  private void free(List<Ciphertext> list) {
    list.forEach(held::release);
    Owned.closeAll(list);
  }

  private Exchange weights(List<Ciphertext> received) {
    TokenLayout tokens = context.packing().tokens();
    int count = context.headBlocks() * context.tokens();
    List<Ciphertext> attention = received.subList(0, count);
    weighted = held.keepAll(AttentionValues.compute(ctx, tokens, attention, values));
    free(values);
    values = List.of();
    if (context.mode() == InferenceMode.ASSISTED) {
      return project();
    }
    stage = Stage.FACTORS;
    try (Owned temporary = new Owned()) {
      List<Ciphertext> rowSums = temporary.keepAll(AttentionValues.rowSums(ctx, tokens, attention));
      if (context.mode() == InferenceMode.PAPER) {
        List<Ciphertext> down =
            hinges().preActivations(rowSums, received.subList(count, received.size()));
        return new Exchange(
            layer,
            ClientOperation.HINGES,
            down,
            copies(down.size(), new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.HINGE)));
      }
      reciprocal = new ReciprocalStep(context, ctx, random);
      return new Exchange(
          layer,
          ClientOperation.RECIPROCAL,
          reciprocal.blinded(rowSums),
          copies(
              context.headBlocks(), new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.RECIPROCAL)));
    }
  }

  private HingeStep hinges() {
    return new HingeStep(context, ctx, model, Objects.requireNonNull(weights().hinges()));
  }

  private Exchange factors(List<Ciphertext> received) {
    try (Owned temporary = new Owned()) {
      List<Ciphertext> factors =
          temporary.keepAll(
              context.mode() == InferenceMode.PAPER
                  ? hinges().factors(received)
                  : Objects.requireNonNull(reciprocal).factors(received));
      List<Ciphertext> normalised = AttentionValues.products(ctx, weighted, factors);
      free(weighted);
      weighted = held.keepAll(normalised);
    }
    return project();
  }

  /** Output projection and residual; then the client normalises or refreshes. */
  private Exchange project() {
    List<Ciphertext> sums =
        LinearStep.apply(
            ctx,
            weights().attentionOutput(),
            weighted,
            new LinearStep.Residual(residual, weights().attentionResidual()));
    free(weighted);
    free(residual);
    weighted = List.of();
    residual = List.of();
    stage = Stage.INTERMEDIATE;
    Scales.LinearScale first = context.scales().intermediate(layer);
    int limbs = Math.max(first.limbs(), context.scales().ffnOutput(layer).limbs());
    return new Exchange(
        layer,
        restore(),
        sums,
        copies(context.hiddenBlocks(), new CiphertextSpec(limbs, first.input())));
  }

  private ClientOperation restore() {
    return context.mode() == InferenceMode.ASSISTED
        ? ClientOperation.NORMALIZE
        : ClientOperation.REFRESH;
  }

  private Exchange intermediate(List<Ciphertext> received, Owned owned) {
    Scales.LinearScale first = context.scales().intermediate(layer);
    Scales.LinearScale second = context.scales().ffnOutput(layer);
    List<Ciphertext> activation = linear(weights().intermediate(), first, received, null);
    residual = keepResidual(received, second.limbs(), owned);
    stage = Stage.OUTPUT;
    return new Exchange(
        layer,
        ClientOperation.ACTIVATION,
        activation,
        copies(
            context.packing().ffn().blocks(), new CiphertextSpec(second.limbs(), second.input())));
  }

  /** A product at its own limbs; a second limb is rescaled away before it leaves. */
  private List<Ciphertext> linear(
      EncodedLinear linear,
      Scales.LinearScale scale,
      List<Ciphertext> input,
      LinearStep.@Nullable Residual added) {
    try (Owned temporary = new Owned()) {
      List<Ciphertext> lowered =
          input.get(0).limbs() == scale.limbs()
              ? input
              : temporary.keepAll(
                  ctx.parallel().map(input.size(), i -> ctx.drop(input.get(i), scale.limbs())));
      List<Ciphertext> product = LinearStep.apply(ctx, linear, lowered, added);
      return scale.limbs() == 1 ? product : ctx.replaceAll(product, ctx.evaluator()::rescale);
    }
  }

  private Exchange output(List<Ciphertext> received) {
    List<Ciphertext> sums =
        linear(
            weights().ffnOutput(),
            context.scales().ffnOutput(layer),
            received,
            new LinearStep.Residual(residual, weights().ffnResidual()));
    free(residual);
    residual = List.of();
    int finished = layer++;
    if (layer < context.shape().layers()) {
      stage = Stage.SCORES;
      return new Exchange(finished, restore(), sums, inputs(context));
    }
    stage = context.shape().pooler() ? Stage.POOLER : Stage.HEAD;
    Scales.LinearScale head = context.scales().head();
    return new Exchange(
        finished,
        context.shape().pooling() == Pooling.NONE ? restore() : ClientOperation.POOL,
        sums,
        copies(context.hiddenBlocks(), new CiphertextSpec(head.limbs(), head.input())));
  }

  private Exchange pooler(List<Ciphertext> received) {
    stage = Stage.HEAD;
    Scales.LinearScale head = context.scales().head();
    return new Exchange(
        context.shape().layers() - 1,
        ClientOperation.TANH,
        new HeadStep(context, ctx, model).pool(received),
        copies(context.hiddenBlocks(), new CiphertextSpec(head.limbs(), head.input())));
  }

  private Exchange head(List<Ciphertext> received) {
    stage = Stage.DONE;
    return new Exchange(
        context.shape().layers() - 1,
        null,
        new HeadStep(context, ctx, model).compute(received, !context.shape().pooler()),
        List.of());
  }

  private static List<CiphertextSpec> copies(int count, CiphertextSpec spec) {
    return Collections.nCopies(count, spec);
  }

  @Override
  public void close() {
    stage = Stage.DONE;
    held.close();
  }
}
