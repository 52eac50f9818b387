package io.cipherstream.workflow.train;

import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The loss of a stage on one batch. */
final class Objective {

  private final LossWeights weights;
  private final TaskLoss task;
  private final @Nullable Forward teacher;
  private final @Nullable SoftTargets soft;

  /**
   * @param teacher run beside the student for hidden states, norms and, without soft targets,
   *     logits; null if none of these is needed
   * @param soft logits known beforehand, or null
   */
  Objective(
      LossWeights weights, TaskLoss task, @Nullable Forward teacher, @Nullable SoftTargets soft) {
    this.weights = weights;
    this.task = task;
    this.teacher = teacher;
    this.soft = soft;
    if (weights.distils() && teacher == null && soft == null) {
      throw new IllegalArgumentException("a distance to a teacher without a teacher");
    }
  }

  /** The loss, a scalar with gradients. */
  Tensor of(Forward student, Batch batch) {
    boolean hidden = weights.hidden() > 0 && teacher != null;
    boolean norms = weights.norms() > 0 && teacher != null;
    Trace trace = new Trace(hidden, norms, weights.scoreBound(), weights.activationBound());
    Tensor logits = student.run(batch, trace);
    Tensor loss =
        weights.task() > 0
            ? Torch.scaled(task.of(logits, batch), weights.task())
            : Torch.floats(new float[1], 1).sum();
    Tensor target = soft == null ? null : soft.of(batch);
    if (teacher != null && weights.distils()) {
      Trace original = new Trace(hidden, norms, 0, 0);
      try (NoGradGuard guard = new NoGradGuard()) {
        Tensor said = teacher.run(batch, original);
        target = target == null ? said : target;
      }
      loss = far(loss, weights.hidden(), trace.hiddenStates(), original.hiddenStates(), batch);
      loss = far(loss, weights.norms(), trace.normOutputs(), original.normOutputs(), batch);
    }
    if (target != null && weights.logits() > 0) {
      loss = loss.add(Torch.scaled(task.distance(logits, target, batch), weights.logits()));
    }
    Tensor penalty = trace.penalty();
    return penalty == null ? loss : loss.add(penalty.mul(new Scalar(weights.penalty())));
  }

  private static Tensor far(
      Tensor loss, double weight, List<Tensor> ours, List<Tensor> theirs, Batch batch) {
    Tensor sum = loss;
    for (int i = 0; i < ours.size(); i++) {
      Tensor a = ours.get(i);
      Tensor distance = Torch.maskedMeanSquare(a, theirs.get(i), batch.mask(), a.size(2));
      sum = sum.add(Torch.scaled(distance, weight));
    }
    return sum;
  }
}
