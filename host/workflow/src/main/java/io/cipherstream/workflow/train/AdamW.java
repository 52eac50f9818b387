package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OptimizerParamGroup;
import org.bytedeco.pytorch.OptimizerParamGroupVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * PyTorch's AdamW over the trainable weights, with a learning rate per step and clipped gradients.
 */
final class AdamW implements AutoCloseable {

  private final org.bytedeco.pytorch.AdamW optimizer;
  private final List<Tensor> trained = new ArrayList<>();
  private final double clip;

  AdamW(Parameters parameters, Predicate<String> trainable, TrainingOptions options) {
    this.clip = options.clip();
    TensorVector decayed = new TensorVector();
    TensorVector plain = new TensorVector();
    parameters.each(
        (name, tensor) -> {
          boolean train = trainable.test(name);
          tensor.set_requires_grad(train);
          if (train) {
            trained.add(tensor);
            (decays(name) ? decayed : plain).push_back(tensor);
          }
        });
    if (trained.isEmpty()) {
      throw new TrainingException(TrainingException.Kind.OPTIONS, "there is no weight to train");
    }
    double rate = options.learningRate();
    boolean both = plain.size() > 0 && decayed.size() > 0;
    this.optimizer =
        plain.size() > 0
            ? new org.bytedeco.pytorch.AdamW(plain, options(rate, 0))
            : new org.bytedeco.pytorch.AdamW(decayed, options(rate, options.weightDecay()));
    if (both) {
      optimizer.add_param_group(
          new OptimizerParamGroup(decayed, options(rate, options.weightDecay())));
    }
  }

  private static boolean decays(String name) {
    return name.endsWith(".weight") && !name.contains("LayerNorm") && !name.contains("embeddings");
  }

  private static AdamWOptions options(double rate, double decay) {
    AdamWOptions options = new AdamWOptions(rate);
    options.weight_decay().put(decay);
    return options;
  }

  Optimizer nativeOptimizer() {
    return optimizer;
  }

  /** Takes a step unless the gradient is not finite; returns whether it did. */
  boolean step(double rate) {
    double squares = 0;
    try (NoGradGuard guard = new NoGradGuard()) {
      for (Tensor tensor : trained) {
        Tensor grad = tensor.grad();
        if (grad.defined()) {
          double norm = grad.norm().item_double();
          squares += norm * norm;
        }
      }
      double norm = Math.sqrt(squares);
      if (!Double.isFinite(norm)) {
        return false;
      }
      if (norm > clip) {
        for (Tensor tensor : trained) {
          Tensor grad = tensor.mutable_grad();
          if (grad.defined()) {
            grad.mul_(new Scalar(clip / norm));
          }
        }
      }
    }
    OptimizerParamGroupVector groups = optimizer.param_groups();
    for (long i = 0; i < groups.size(); i++) {
      groups.get(i).options().set_lr(rate);
    }
    optimizer.step();
    return true;
  }

  /** Clears the gradients. */
  void clear() {
    optimizer.zero_grad();
  }

  @Override
  public void close() {
    trained.forEach(tensor -> tensor.set_requires_grad(false));
    optimizer.close();
  }
}
