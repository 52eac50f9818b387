package io.cipherstream.workflow.train;

import io.cipherstream.model.sealed.SealedSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Finds texts on which a polynomial encoder's values are large. It swaps word pieces where the
 * gradient of {@link SealedTrace#badness} predicts the largest increase, after Ebrahimi et al. 2018
 * ("HotFlip"), tries each swap and keeps the best; it also repeats the worst single pieces.
 */
public final class SealedAdversary {

  /** Candidate swaps per step and text. */
  private static final int CANDIDATES = 24;

  /** Texts per pass. */
  private static final int BATCH = 500;

  /** Number of worst repeated texts to keep, of each length. */
  private static final int WORST = 12;

  private static final double NEVER = -1e9;

  private final Parameters parameters;
  private final SealedForward forward;
  private final SealedTexts texts;
  private final RangeLimits limits;

  /**
   * @param parameters with a row for every word piece
   */
  public SealedAdversary(
      Parameters parameters, SealedSpec spec, SealedTexts texts, RangeLimits limits) {
    this.parameters = parameters;
    this.forward = new SealedForward(parameters, spec);
    this.texts = texts;
    this.limits = limits;
  }

  /**
   * Makes texts worse by swaps; their first and last pieces stay.
   *
   * @param start texts of one length
   * @param steps most swaps per text
   */
  public int[][] worse(int[][] start, int steps) {
    int[][] now = start;
    try (PointerScope scope = new PointerScope()) {
      Tensor table = words();
      for (int step = 0; step < steps; step++) {
        int[][] next = swapped(now, table);
        if (next.length == 0) {
          break;
        }
        now = next;
      }
    }
    return now;
  }

  /**
   * The worst of some word pieces repeated, [texts][tokens] for each of three lengths.
   *
   * @param pieces number of pieces to try, drawn without replacement
   */
  public List<int[][]> repeated(int pieces, Random random) {
    int[] all = IntStream.range(0, texts.vocabulary()).toArray();
    for (int i = 0; i < Math.min(pieces, all.length); i++) {
      int j = i + random.nextInt(all.length - i);
      int swap = all[i];
      all[i] = all[j];
      all[j] = swap;
    }
    int count = Math.min(pieces, all.length);
    int longest = texts.tokensMax();
    List<int[][]> out = new ArrayList<>();
    for (int tokens :
        new int[] {
          Math.min(4, longest), Math.min(6 + random.nextInt(8), longest), Math.min(20, longest)
        }) {
      int[][] candidates = new int[count][];
      for (int i = 0; i < count; i++) {
        candidates[i] = texts.repeated(all[i], tokens);
      }
      out.add(worst(candidates));
    }
    return out;
  }

  private int[][] worst(int[][] candidates) {
    double[] scores = badness(candidates);
    return IntStream.range(0, candidates.length)
        .boxed()
        .sorted((a, b) -> Double.compare(scores[b], scores[a]))
        .limit(WORST)
        .map(i -> candidates[i])
        .toArray(int[][]::new);
  }

  /** The badness of each text; all are of one length. */
  private double[] badness(int[][] ids) {
    double[] out = new double[ids.length];
    for (int from = 0; from < ids.length; from += BATCH) {
      int count = Math.min(BATCH, ids.length - from);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Batch batch = batch(Arrays.copyOfRange(ids, from, from + count));
        SealedTrace trace = new SealedTrace();
        forward.run(batch, trace);
        System.arraycopy(Torch.doubleArray(trace.badness(limits)), 0, out, from, count);
      }
    }
    return out;
  }

  /** Texts of one length as a batch. */
  static Batch batch(int[][] ids) {
    int tokens = ids[0].length;
    long[] flat = new long[ids.length * tokens];
    float[] ones = new float[flat.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = ids[i / tokens][i % tokens];
      ones[i] = 1;
    }
    long[] shape = {ids.length, tokens};
    return new Batch(
        Tensor.create(flat, shape),
        Tensor.create(new long[flat.length], shape),
        Torch.floats(ones, shape),
        Torch.floats(new float[ids.length], ids.length),
        new int[ids.length]);
  }

  /** The word table of all pieces, [vocabulary, width]. */
  private Tensor words() {
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor rows = parameters.get(Parameters.WORDS);
      return parameters.has(Parameters.PROJECTION)
          ? torch.linear(rows, parameters.get(Parameters.PROJECTION))
          : rows;
    }
  }

  /** Every text with its best swap, or unchanged; empty if no text got worse. */
  private int[][] swapped(int[][] ids, Tensor table) {
    try (PointerScope scope = new PointerScope()) {
      Batch batch = batch(ids);
      Tensor words = forward.words(batch.ids()).detach();
      words.set_requires_grad(true);
      SealedTrace trace = new SealedTrace();
      forward.run(words, batch.segments(), batch.mask(), trace);
      Tensor badness = trace.badness(limits);
      double[] before = Torch.doubleArray(badness);
      Tensor gradient = torch.grad(new TensorVector(badness.sum()), new TensorVector(words)).get(0);
      long[] chosen = candidates(gradient, words.detach(), table);
      int tokens = ids[0].length;
      int[][] tried = new int[chosen.length][];
      for (int i = 0; i < tried.length; i++) {
        tried[i] = ids[i / CANDIDATES].clone();
        tried[i][(int) (chosen[i] / texts.vocabulary()) % tokens] =
            (int) (chosen[i] % texts.vocabulary());
      }
      return better(ids, before, tried, badness(tried));
    }
  }

  private static int[][] better(int[][] ids, double[] before, int[][] tried, double[] after) {
    int[][] out = ids.clone();
    double[] best = before.clone();
    boolean any = false;
    for (int i = 0; i < tried.length; i++) {
      int text = i / CANDIDATES;
      if (after[i] > best[text]) {
        best[text] = after[i];
        out[text] = tried[i];
        any = true;
      }
    }
    return any ? out : new int[0][];
  }

  /**
   * Positions token · vocabulary + piece of the most promising swaps, {@link #CANDIDATES} per text.
   */
  private long[] candidates(Tensor gradient, Tensor words, Tensor table) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor gain =
          torch
              .matmul(gradient, table.transpose(0, 1))
              .sub(gradient.mul(words).sum(-1L).unsqueeze(2));
      long tokens = gain.size(1);
      gain.select(1, 0).fill_(new Scalar(NEVER));
      gain.select(1, tokens - 1).fill_(new Scalar(NEVER));
      T_TensorTensor_T top = torch.topk(gain.reshape(gain.size(0), -1), CANDIDATES, 1, true, true);
      double[] places = Torch.doubleArray(top.get1());
      long[] out = new long[places.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (long) places[i];
      }
      return out;
    }
  }
}
