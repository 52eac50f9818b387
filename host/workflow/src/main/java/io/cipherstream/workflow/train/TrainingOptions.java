package io.cipherstream.workflow.train;

/**
 * How a stage is trained: AdamW (β 0.9 and 0.999, ε 1e-8), linear warm-up and linear decay.
 *
 * @param epochs passes over the examples; may be a fraction
 * @param batch examples per step
 * @param learningRate peak learning rate
 * @param weightDecay of matrices; embeddings, norms and biases have none
 * @param warmup share of the steps before the peak
 * @param clip gradients are scaled down to this norm
 * @param spike a step whose loss exceeds this multiple of the smoothed loss is skipped; infinity:
 *     none is
 * @param evaluateEvery steps between two held-out scores
 * @param patience held-out scores without improvement until the stage ends early
 * @param checkpointSeconds seconds between two checkpoints
 * @param seed of the order of examples
 * @param precision of matrix products
 */
public record TrainingOptions(
    double epochs,
    int batch,
    double learningRate,
    double weightDecay,
    double warmup,
    double clip,
    double spike,
    int evaluateEvery,
    int patience,
    int checkpointSeconds,
    long seed,
    Precision precision) {

  /**
   * Consecutive steps with a loss or gradient that is not finite, after which training gives up.
   */
  static final int BAD_STEPS_MAX = 50;

  /**
   * @throws TrainingException of kind OPTIONS if a number is outside its range
   */
  public TrainingOptions {
    check("epochs", epochs, 1e-3, 1e4);
    check("batch", batch, 1, 4096);
    check("learning rate", learningRate, 1e-9, 1);
    check("weight decay", weightDecay, 0, 1);
    check("warm-up", warmup, 0, 1);
    check("clip", clip, 1e-6, 1e6);
    check("spike", spike, 1, Double.POSITIVE_INFINITY);
    check("evaluate every", evaluateEvery, 1, 1e9);
    check("patience", patience, 1, 1e9);
    check("checkpoint seconds", checkpointSeconds, 1, 1e6);
  }

  private static void check(String what, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS, what + " " + value + ": expected " + min + " to " + max);
    }
  }

  /** The learning rate at a step of a schedule of the given length. */
  double rate(long step, long steps) {
    double up = Math.max(1, warmup * steps);
    if (step < up) {
      return learningRate * (step + 1) / up;
    }
    return learningRate * Math.max(0, (steps - step) / Math.max(1, steps - up));
  }
}
