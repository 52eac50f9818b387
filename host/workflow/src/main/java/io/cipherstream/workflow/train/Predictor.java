package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.SealedSpec;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Runs a model on examples without training it. */
public final class Predictor {

  private static final int BATCH = 64;

  private final Function<Batch, Tensor> forward;
  private final boolean perToken;
  private final VocabularyMap vocabulary;
  private final Precision precision;

  /**
   * @param vocabulary the map from which the word table was made
   */
  public Predictor(
      Parameters parameters, Kinds kinds, VocabularyMap vocabulary, Precision precision) {
    Forward pass = new Forward(parameters, kinds);
    this.forward = batch -> pass.run(batch, Trace.none());
    this.perToken = pass.perToken();
    this.vocabulary = vocabulary;
    this.precision = precision;
  }

  private Predictor(Function<Batch, Tensor> forward, boolean perToken, VocabularyMap vocabulary) {
    this.forward = forward;
    this.perToken = perToken;
    this.vocabulary = vocabulary;
    this.precision = Precision.FLOAT32;
  }

  /** Runs a polynomial encoder, in float32. */
  public static Predictor sealed(Parameters parameters, SealedSpec spec, VocabularyMap vocabulary) {
    SealedForward pass = new SealedForward(parameters, spec);
    return new Predictor(batch -> pass.run(batch, new SealedTrace()), spec.words(), vocabulary);
  }

  /**
   * The outputs of every example in its own order: [outputs], or [tokens · outputs] without
   * pooling.
   *
   * @param progress receives the share that is done
   */
  public double[][] run(List<Example> examples, DoubleConsumer progress) {
    double[][] out = new double[examples.size()][];
    int done = 0;
    for (int[] indices : Batches.sorted(examples, BATCH)) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Batch batch = Batch.of(examples, indices, vocabulary);
        Tensor logits = Torch.in(precision, () -> forward.apply(batch));
        scatter(logits, indices, examples, out);
      }
      done += indices.length;
      progress.accept((double) done / examples.size());
    }
    return out;
  }

  /** As {@link #run(List, DoubleConsumer)} without progress. */
  public double[][] run(List<Example> examples) {
    return run(examples, share -> {});
  }

  private void scatter(Tensor logits, int[] indices, List<Example> examples, double[][] out) {
    double[] values = Torch.doubleArray(logits);
    int row = values.length / indices.length;
    int outputs = (int) logits.size(-1);
    for (int b = 0; b < indices.length; b++) {
      int length = perToken ? examples.get(indices[b]).length() * outputs : row;
      out[indices[b]] = java.util.Arrays.copyOfRange(values, b * row, b * row + length);
    }
  }

  /**
   * A reference pass in float64, one example at a time, without padding.
   *
   * @param parameters in float32; every value is exact in float64
   */
  public static double[][] reference(
      Parameters parameters, Kinds kinds, VocabularyMap vocabulary, List<Example> examples) {
    double[][] out = new double[examples.size()][];
    try (PointerScope all = new PointerScope()) {
      Forward forward = new Forward(parameters.copy(torch.ScalarType.Double), kinds);
      for (int i = 0; i < out.length; i++) {
        try (PointerScope scope = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          Batch batch = Batch.of(examples, new int[] {i}, vocabulary);
          out[i] = Torch.doubleArray(forward.run(batch, Trace.none()));
        }
      }
    }
    return out;
  }
}
