package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** What a forward pass records for a loss: hidden states, norms, penalties on large values. */
final class Trace {

  /** Records nothing. */
  static Trace none() {
    return new Trace(false, false, false, 0, 0);
  }

  /** Records every layer's output. */
  static Trace hidden() {
    return new Trace(true, false, false, 0, 0);
  }

  /** Records every layer's attention scores and weights. */
  static Trace attention() {
    return new Trace(false, false, true, 0, 0);
  }

  /** Records what every layer's activation is applied to. */
  static Trace preActivations() {
    Trace trace = none();
    trace.keepPreActivations = true;
    return trace;
  }

  /** Records every layer's output and every norm's input and output. */
  static Trace norms() {
    return new Trace(true, true, false, 0, 0);
  }

  private final boolean keepHidden;
  private final boolean keepNorms;
  private final boolean keepAttention;
  private final double scoreBound;
  private final double activationBound;
  private final List<Tensor> hidden = new ArrayList<>();
  private final List<Tensor> normInputs = new ArrayList<>();
  private final List<Tensor> normOutputs = new ArrayList<>();
  private final List<Tensor> scores = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private final List<Tensor> preActivations = new ArrayList<>();
  private boolean keepPreActivations;
  private @Nullable Tensor penalty;

  /**
   * @param scoreBound scores beyond ± this are penalised; 0: none
   * @param activationBound the same for pre-activations
   */
  Trace(boolean keepHidden, boolean keepNorms, double scoreBound, double activationBound) {
    this(keepHidden, keepNorms, false, scoreBound, activationBound);
  }

  private Trace(
      boolean keepHidden,
      boolean keepNorms,
      boolean keepAttention,
      double scoreBound,
      double activationBound) {
    this.keepHidden = keepHidden;
    this.keepNorms = keepNorms;
    this.keepAttention = keepAttention;
    this.scoreBound = scoreBound;
    this.activationBound = activationBound;
  }

  void hidden(Tensor x) {
    if (keepHidden) {
      hidden.add(x);
    }
  }

  void norm(Tensor input, Tensor output) {
    if (keepNorms) {
      normInputs.add(input);
      normOutputs.add(output);
    }
  }

  void attention(Tensor scores, Tensor weights, Tensor mask) {
    if (keepAttention) {
      this.scores.add(scores);
      this.weights.add(weights);
    }
    if (scoreBound > 0) {
      add(scores, scoreBound, pairs(mask), scores.size(1));
    }
  }

  /** 1 where query and key are both word pieces, [batch, 1, queries, keys]. */
  static Tensor pairs(Tensor mask) {
    return mask.unsqueeze(1).unsqueeze(3).mul(mask.unsqueeze(1).unsqueeze(1));
  }

  void preActivation(Tensor x, Tensor mask) {
    if (keepPreActivations) {
      preActivations.add(x);
    }
    if (activationBound > 0) {
      add(Forward.wide(x), activationBound, mask.unsqueeze(2), x.size(2));
    }
  }

  /** Mean of ReLU(|x| − bound)² over real entries, summed over layers. */
  private void add(Tensor x, double bound, Tensor real, long copies) {
    Tensor excess = torch.relu(x.abs().sub(new Scalar(bound)));
    Tensor sum = excess.mul(excess).mul(real).sum();
    Tensor mean = sum.div(Torch.scaled(real.sum(), copies));
    penalty = penalty == null ? mean : penalty.add(mean);
  }

  List<Tensor> hiddenStates() {
    return hidden;
  }

  List<Tensor> scores() {
    return scores;
  }

  List<Tensor> attentionWeights() {
    return weights;
  }

  List<Tensor> keptPreActivations() {
    return preActivations;
  }

  List<Tensor> normInputs() {
    return normInputs;
  }

  List<Tensor> normOutputs() {
    return normOutputs;
  }

  /** Σ over layers of the mean squared excess; null when nothing was penalised. */
  @Nullable Tensor penalty() {
    return penalty;
  }
}
