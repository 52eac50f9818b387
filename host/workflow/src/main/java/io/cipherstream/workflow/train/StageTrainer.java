package io.cipherstream.workflow.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Trains one stage: batches in a seeded order, the objective, AdamW, held-out scores, early stop,
 * checkpoints. If it is killed and restarted, it ends with the same weights, bit for bit, as
 * without (on the same machine, with the same threads and precision). One thread.
 */
public final class StageTrainer {

  private static final int CURVE_POINTS = 200;

  /** Held-out scores after a perfect one until a stage ends. */
  private static final int PERFECT_EVALUATIONS = 2;

  /**
   * The model, its trainable weights and its loss.
   *
   * @param parameters changed in place
   * @param kinds by the share of the schedule that is done, 0 to 1
   * @param trainable the trainable weights, by name
   * @param weights the loss
   * @param task the loss against examples' targets
   * @param teacher the model to distil from, or null
   * @param teacherKinds its kinds
   * @param soft logits known beforehand, or null
   */
  public record Subject(
      Parameters parameters,
      DoubleFunction<Kinds> kinds,
      Predicate<String> trainable,
      LossWeights weights,
      TaskLoss task,
      @Nullable Parameters teacher,
      Kinds teacherKinds,
      @Nullable SoftTargets soft) {

    /** The objective's loss; the teacher's pass is shared by all batches. */
    private BatchLoss loss() {
      Forward original = teacher == null ? null : new Forward(teacher, teacherKinds);
      Objective objective = new Objective(weights, task, original, soft);
      return (now, batch, state, share) ->
          objective.of(new Forward(now, kinds.apply(share)), batch);
    }
  }

  private final Parameters parameters;
  private final Predicate<String> trainable;
  private final BatchLoss loss;
  private final boolean keepsLast;
  private final List<Example> examples;
  private final VocabularyMap vocabulary;
  private final TrainingOptions options;
  private final ToDoubleFunction<Parameters> heldOut;
  private final long steps;
  private final int stepsPerEpoch;

  /**
   * @param heldOut score of parameters on held-out examples, the larger the better
   */
  public StageTrainer(
      Subject subject,
      List<Example> examples,
      VocabularyMap vocabulary,
      TrainingOptions options,
      ToDoubleFunction<Parameters> heldOut) {
    this(
        subject.parameters(),
        subject.trainable(),
        subject.loss(),
        examples,
        vocabulary,
        options,
        heldOut,
        false);
  }

  /**
   * As above, with any loss.
   *
   * @param keepsLast whether the parameters are those of the last step rather than of the best
   *     held-out score, for a loss that asks for more than the score shows. Then only the schedule
   *     ends the training
   */
  StageTrainer(
      Parameters parameters,
      Predicate<String> trainable,
      BatchLoss loss,
      List<Example> examples,
      VocabularyMap vocabulary,
      TrainingOptions options,
      ToDoubleFunction<Parameters> heldOut,
      boolean keepsLast) {
    this.parameters = parameters;
    this.keepsLast = keepsLast;
    this.trainable = trainable;
    this.loss = loss;
    this.examples = examples;
    this.vocabulary = vocabulary;
    this.options = options;
    this.heldOut = heldOut;
    if (examples.isEmpty()) {
      throw new TrainingException(TrainingException.Kind.OPTIONS, "no example to train on");
    }
    this.stepsPerEpoch = (examples.size() + options.batch() - 1) / options.batch();
    this.steps = Math.max(1, Math.round(options.epochs() * stepsPerEpoch));
  }

  /**
   * Trains, or resumes from the folder's last checkpoint; afterwards the parameters are the best
   * ones.
   *
   * @param folder of checkpoints; they are removed at the end
   * @param stop asked after each step; if true, a checkpoint is written
   * @throws TrainingException of kind DIVERGED, MEMORY, CHECKPOINT or INTERRUPTED
   */
  public TrainingResult run(Path folder, TrainingListener listener, BooleanSupplier stop) {
    Checkpoints checkpoints = new Checkpoints(folder);
    Parameters now = parameters;
    Parameters best = now.copy();
    try (AdamW optimizer = new AdamW(now, trainable, options)) {
      TrainingState read = checkpoints.read(now, best, optimizer.nativeOptimizer());
      TrainingState state = read == null ? new TrainingState() : read;
      new Loop(checkpoints, now, best, optimizer, state, listener, stop).run();
      now.assign(best);
      checkpoints.clear();
      return new TrainingResult(
          state.step,
          steps,
          state.examples,
          state.seconds,
          keepsLast ? state.step : state.bestStep,
          keepsLast ? lastScore(state) : state.bestScore,
          state.skipped,
          state.step < steps,
          state.curve);
    } catch (IOException e) {
      throw new TrainingException(
          TrainingException.Kind.CHECKPOINT, "cannot remove old checkpoints of " + folder, e);
    }
  }

  private static double lastScore(TrainingState state) {
    double score = Double.NaN;
    for (TrainingPoint point : state.curve) {
      score = Double.isNaN(point.heldOut()) ? score : point.heldOut();
    }
    return score;
  }

  /** One run through the remaining steps. */
  private final class Loop {

    private final Checkpoints checkpoints;
    private final Parameters now;
    private final Parameters best;
    private final AdamW optimizer;
    private final TrainingState state;
    private final TrainingListener listener;
    private final BooleanSupplier stop;
    private final long startStep;
    private final long pointEvery = Math.max(1, steps / CURVE_POINTS);
    private long lap = System.nanoTime();
    private double secondsHere;

    Loop(
        Checkpoints checkpoints,
        Parameters now,
        Parameters best,
        AdamW optimizer,
        TrainingState state,
        TrainingListener listener,
        BooleanSupplier stop) {
      this.checkpoints = checkpoints;
      this.now = now;
      this.best = best;
      this.optimizer = optimizer;
      this.state = state;
      this.listener = listener;
      this.stop = stop;
      this.startStep = state.step;
    }

    void run() {
      double sinceCheckpoint = 0;
      int epoch = -1;
      List<int[]> order = List.of();
      while (state.step < steps
          && state.looksSinceBest < options.patience()
          && (keepsLast || !perfect())) {
        int wanted = (int) (state.step / stepsPerEpoch);
        if (wanted != epoch) {
          epoch = wanted;
          order = Batches.epoch(examples, options.batch(), options.seed(), epoch);
        }
        step(order.get((int) (state.step % stepsPerEpoch)));
        if (state.step % options.evaluateEvery() == 0 || state.step == steps) {
          evaluate();
        }
        double spent = lap();
        sinceCheckpoint += spent;
        double left = secondsHere / (state.step - startStep) * (steps - state.step);
        listener.step(state.step, steps, state.smoothed, left, state.lastScore);
        boolean stopping = stop.getAsBoolean() && state.step < steps;
        if (stopping || sinceCheckpoint > options.checkpointSeconds()) {
          checkpoints.write(state, now, best, optimizer.nativeOptimizer());
          sinceCheckpoint = 0;
          lap();
        }
        if (stopping) {
          throw new TrainingException(
              TrainingException.Kind.INTERRUPTED,
              "stopped after step "
                  + state.step
                  + " of "
                  + steps
                  + "; the same command goes on from there");
        }
      }
    }

    /** Whether no later score can be better, and this was not a single one. */
    private boolean perfect() {
      return state.bestScore >= 1 && state.looksSinceBest >= PERFECT_EVALUATIONS;
    }

    private double lap() {
      long time = System.nanoTime();
      double spent = (time - lap) / 1e9;
      lap = time;
      state.seconds += spent;
      secondsHere += spent;
      return spent;
    }

    private void step(int[] indices) {
      double rate = options.rate(state.step, steps);
      double share = (double) state.step / steps;
      // One seed per step keeps its random choices the same when a training resumes.
      torch.manual_seed(options.seed() * 7_919L + state.step);
      double value;
      boolean spike;
      boolean taken;
      try (PointerScope scope = new PointerScope()) {
        Batch batch = Batch.of(examples, indices, vocabulary);
        Tensor tensor = Torch.in(options.precision(), () -> loss.of(now, batch, state, share));
        value = tensor.item_double();
        spike = value > options.spike() * state.smoothed;
        if (!spike) {
          tensor.backward();
        }
        taken = !spike && Double.isFinite(value) && optimizer.step(rate);
        optimizer.clear();
      } catch (OutOfMemoryError | RuntimeException e) {
        throw MemoryProbe.explained(e, this::fits, indices.length);
      }
      state.step++;
      state.examples += indices.length;
      if (taken) {
        state.badInARow = 0;
        state.note(value, rate, state.step % pointEvery == 0 || state.step == steps);
      } else if (spike && Double.isFinite(value)) {
        state.skipped++;
        state.spike(options.spike());
      } else {
        state.skipped++;
        if (++state.badInARow >= TrainingOptions.BAD_STEPS_MAX) {
          throw diverged();
        }
      }
    }

    private TrainingException diverged() {
      return new TrainingException(
          TrainingException.Kind.DIVERGED,
          "the loss was not finite for "
              + state.badInARow
              + " steps up to step "
              + state.step
              + " of "
              + steps
              + "; the last good checkpoint is kept. A smaller learning rate than "
              + options.learningRate()
              + " may help");
    }

    /** Whether a forward and a backward pass with this many of the longest examples succeed. */
    private boolean fits(int count) {
      List<int[]> sorted = Batches.sorted(examples, count);
      try (PointerScope scope = new PointerScope()) {
        Batch batch = Batch.of(examples, sorted.get(sorted.size() - 1), vocabulary);
        Torch.in(options.precision(), () -> loss.of(now, batch, new TrainingState(), 0)).backward();
        return true;
      } catch (OutOfMemoryError | RuntimeException e) {
        return false;
      } finally {
        optimizer.clear();
      }
    }

    private void evaluate() {
      double score = heldOut.applyAsDouble(now);
      if (state.evaluated(score, options.rate(state.step, steps)) || keepsLast) {
        best.assign(now);
      }
    }
  }
}
