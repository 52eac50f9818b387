package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The initial power attention, (a·s + b)² / n for scores s of texts of n word pieces: for every
 * layer the a and b of least Σ (a·s + b − √(n·w))² over pairs of word pieces, where w are the
 * attention weights to replace. A least-squares fit is no longer than its target, so weights that
 * sum to 1 are replaced by weights that sum to at most 1 on average, and nothing grows from layer
 * to layer.
 */
public final class PowerRegression {

  /** Variance of scores below which attention counts as uniform. */
  private static final double VARIANCE_MIN = 1e-9;

  private PowerRegression() {}

  /**
   * Adds a power attention to every layer.
   *
   * @param parameters changed
   * @param kinds whose attention weights are matched, softmax or THE-X
   * @param progress receives the share that is done
   */
  public static void fit(
      Parameters parameters,
      Kinds kinds,
      List<Example> examples,
      VocabularyMap vocabulary,
      DoubleConsumer progress) {
    int layers = parameters.architecture().layers();
    List<double[]> sums = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      sums.add(new double[5]);
    }
    TracedPass.over(
        new Forward(parameters, kinds),
        examples,
        vocabulary,
        Trace::attention,
        (batch, trace) -> {
          for (int i = 0; i < layers; i++) {
            add(sums.get(i), trace.scores().get(i), trace.attentionWeights().get(i), batch.mask());
          }
        },
        progress);
    for (int i = 0; i < layers; i++) {
      double[] line = line(sums.get(i));
      ModelWeights.power(parameters, i, line[0], line[1]);
    }
  }

  /** Count, Σs, Σss, Σy, Σsy with y = √(n·w). */
  private static void add(double[] sums, Tensor scores, Tensor weights, Tensor mask) {
    Tensor wide = mask.to(torch.ScalarType.Double);
    Tensor real = Trace.pairs(wide);
    Tensor count = wide.sum(1L).view(-1, 1, 1, 1);
    Tensor s = scores.to(torch.ScalarType.Double).mul(real);
    Tensor root = torch.relu(weights.to(torch.ScalarType.Double)).mul(count).sqrt().mul(real);
    sums[0] += real.sum().item_double() * scores.size(1);
    sums[1] += s.sum().item_double();
    sums[2] += s.mul(s).sum().item_double();
    sums[3] += root.sum().item_double();
    sums[4] += s.mul(root).sum().item_double();
  }

  /** Slope and offset. */
  private static double[] line(double[] sums) {
    double meanS = sums[1] / sums[0];
    double meanY = sums[3] / sums[0];
    double variance = sums[2] / sums[0] - meanS * meanS;
    double slope = variance > VARIANCE_MIN ? (sums[4] / sums[0] - meanS * meanY) / variance : 0;
    return new double[] {slope, meanY - slope * meanS};
  }
}
