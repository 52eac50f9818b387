package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.SealedSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The loss of a polynomial encoder: distance to the teacher's logits, the labels of examples that
 * have one, and a penalty on values out of range.
 */
final class SealedLoss implements BatchLoss {

  /** Weight of the task's own loss. */
  private static final double TASK = 0.3;

  /** Teacher logits are clamped to this. */
  private static final double LOGITS_MAX = 6;

  /** Share of word pieces that are hidden. */
  private static final double HIDDEN = 0.05;

  /**
   * Above this the penalty counts as its logarithm, so that one bad text does not dominate the
   * gradient.
   */
  private static final double PENALTY_MAX = 50;

  /** Steps before the first search. */
  private static final int SEARCH_FROM = 200;

  private static final int RANDOM_EVERY = 2;
  private static final int MINED_EVERY = 4;
  private static final int RANDOM_TEXTS = 12;
  private static final int SEARCHED_TEXTS = 4;
  private static final int SWAPS = 6;
  private static final int MINED_MAX = 40;

  private final SealedSpec spec;
  private final SealedTrainer.Teaching teaching;
  private final Hardening hardening;
  private final SealedTexts texts;
  private final boolean[] labelled;
  private final long seed;

  SealedLoss(
      SealedSpec spec,
      SealedTrainer.Teaching teaching,
      Hardening hardening,
      SealedTexts texts,
      List<Example> examples,
      long seed) {
    this.spec = spec;
    this.teaching = teaching;
    this.hardening = hardening;
    this.texts = texts;
    this.seed = seed;
    this.labelled = new boolean[examples.size()];
    for (int i = 0; i < labelled.length; i++) {
      labelled[i] = Arrays.stream(examples.get(i).targets()).anyMatch(t -> t != Example.IGNORED);
    }
  }

  @Override
  public Tensor of(Parameters now, Batch batch, TrainingState state, double share) {
    SealedForward forward = new SealedForward(now, spec);
    SealedTrace trace = new SealedTrace();
    Tensor logits = forward.run(hidden(batch), trace);
    Tensor loss = distance(logits, batch);
    if (teaching.classes() && anyLabel(batch)) {
      loss = loss.add(Torch.scaled(teaching.task().of(logits, batch), TASK));
    }
    if (hardening.weight() == 0) {
      return loss;
    }
    Tensor penalty = penalty(trace);
    Random random = new Random(seed * 6_700_417L + state.step);
    if (state.step >= SEARCH_FROM && state.step % hardening.mineEvery() == 0) {
      mine(now, state, random);
    }
    if (state.step % RANDOM_EVERY == 0) {
      penalty = penalty.add(penalty(forward, texts.random(RANDOM_TEXTS, random)));
    }
    if (state.step % MINED_EVERY == 0 && !state.mined.isEmpty()) {
      penalty = penalty.add(penalty(forward, state.mined.get(random.nextInt(state.mined.size()))));
    }
    return loss.add(Torch.scaled(softened(penalty), hardening.weight()));
  }

  private static Tensor softened(Tensor penalty) {
    return penalty.item_double() < PENALTY_MAX
        ? penalty
        : Torch.scaled(
            Torch.plus(torch.log(Torch.scaled(penalty, 1 / PENALTY_MAX)), 1), PENALTY_MAX);
  }

  private Tensor penalty(SealedForward forward, int[][] ids) {
    SealedTrace trace = new SealedTrace();
    forward.run(SealedAdversary.batch(ids), trace);
    return penalty(trace);
  }

  private Tensor penalty(SealedTrace trace) {
    return trace.excess(hardening.limits()).mean();
  }

  private void mine(Parameters now, TrainingState state, Random random) {
    SealedAdversary adversary = new SealedAdversary(now, spec, texts, hardening.limits());
    if (state.step / hardening.mineEvery() % 3 == 0 && hardening.repeatedPieces() > 0) {
      state.mined.addAll(adversary.repeated(hardening.repeatedPieces(), random));
    }
    state.mined.add(adversary.worse(texts.random(SEARCHED_TEXTS, random), SWAPS));
    while (state.mined.size() > MINED_MAX) {
      state.mined.remove(0);
    }
  }

  /** The batch with some pieces as [MASK]. */
  private Batch hidden(Batch batch) {
    Tensor ids = batch.ids();
    Tensor drawn =
        torch
            .rand(ids.size(0), ids.size(1))
            .lt(new Scalar(HIDDEN))
            .logical_and(ids.ne(new Scalar(texts.first())))
            .logical_and(ids.ne(new Scalar(texts.last())));
    Tensor changed = ids.masked_fill(drawn, new Scalar(teaching.mask()));
    return new Batch(changed, batch.segments(), batch.mask(), batch.targets(), batch.indices());
  }

  private boolean anyLabel(Batch batch) {
    for (int index : batch.indices()) {
      if (labelled[index]) {
        return true;
      }
    }
    return false;
  }

  /**
   * Smooth L1 of logits minus their mean, or for two classes of their difference, of token labels
   * over tokens that have one; for a value the square.
   */
  private Tensor distance(Tensor logits, Batch batch) {
    Tensor target = teaching.soft().of(batch);
    if (!teaching.classes()) {
      return teaching.task().distance(logits, target, batch);
    }
    if (logits.dim() == 2) {
      return torch.smooth_l1_loss(relative(logits), clamped(relative(target)));
    }
    Tensor counts = batch.targets().ne(new Scalar(Example.IGNORED)).to(logits.scalar_type());
    Tensor share = counts.mean();
    Tensor mask = counts.unsqueeze(2);
    return torch
        .smooth_l1_loss(relative(logits).mul(mask), clamped(relative(target)).mul(mask))
        .div(share);
  }

  /** Of [batch, outputs] or [batch, tokens, outputs]; the last size stays, or becomes 1. */
  private static Tensor relative(Tensor logits) {
    return logits.size(-1) == 2
        ? logits.narrow(-1, 1, 1).sub(logits.narrow(-1, 0, 1))
        : logits.sub(logits.mean(new long[] {-1}, true, null));
  }

  private static Tensor clamped(Tensor logits) {
    return logits.clamp(
        new ScalarOptional(new Scalar(-LOGITS_MAX)), new ScalarOptional(new Scalar(LOGITS_MAX)));
  }
}
