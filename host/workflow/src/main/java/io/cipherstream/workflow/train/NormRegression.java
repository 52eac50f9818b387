package io.cipherstream.workflow.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.DoubleConsumer;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Affine norms by regression: for every norm and feature the γ and β of least Σ (γ·x + β − y)² over
 * tokens, where x and y are the original LayerNorm's input and output. THE-X distils each norm
 * against its original with everything else frozen. With the original's inputs that loss is
 * quadratic in γ and β, and this is its minimum.
 */
public final class NormRegression {

  /** Variance below which a feature counts as constant: γ 0, β its mean. */
  private static final double VARIANCE_MIN = 1e-12;

  private NormRegression() {}

  /**
   * Replaces γ and β of the encoder's norms, except the embedding's.
   *
   * @param parameters with full norms; changed
   * @param kinds with full norms
   * @param progress receives the share that is done
   * @return unexplained share of the outputs' variance, one per norm, first to last
   */
  public static List<Double> fit(
      Parameters parameters,
      Kinds kinds,
      List<Example> examples,
      VocabularyMap vocabulary,
      DoubleConsumer progress) {
    int norms = 2 * parameters.architecture().layers();
    List<double[][]> sums = new ArrayList<>();
    for (int n = 0; n < norms; n++) {
      sums.add(new double[5][parameters.architecture().width()]);
    }
    DoubleAdder tokens = new DoubleAdder();
    TracedPass.over(
        new Forward(parameters, kinds),
        examples,
        vocabulary,
        Trace::norms,
        (batch, trace) -> {
          Tensor mask = batch.mask().to(torch.ScalarType.Double).view(-1, 1);
          for (int n = 0; n < norms; n++) {
            add(sums.get(n), trace.normInputs().get(n), trace.normOutputs().get(n), mask);
          }
          tokens.add(mask.sum().item_double());
        },
        progress);
    List<Double> unexplained = new ArrayList<>();
    for (int n = 0; n < norms; n++) {
      String at =
          Parameters.layer(n / 2)
              + (n % 2 == 0 ? "attention.output.LayerNorm" : "output.LayerNorm");
      unexplained.add(solve(parameters, at, sums.get(n), tokens.sum()));
    }
    return unexplained;
  }

  /** Σx, Σy, Σxx, Σxy, Σyy by feature. */
  private static void add(double[][] sums, Tensor input, Tensor output, Tensor mask) {
    Tensor x = input.to(torch.ScalarType.Double).view(-1, input.size(2)).mul(mask);
    Tensor y = output.to(torch.ScalarType.Double).view(-1, output.size(2)).mul(mask);
    Tensor[] parts = {x, y, x.mul(x), x.mul(y), y.mul(y)};
    for (int k = 0; k < parts.length; k++) {
      double[] values = Torch.doubleArray(parts[k].sum(0L));
      for (int j = 0; j < values.length; j++) {
        sums[k][j] += values[j];
      }
    }
  }

  private static double solve(Parameters parameters, String at, double[][] sums, double tokens) {
    int width = sums[0].length;
    float[] gamma = new float[width];
    float[] beta = new float[width];
    double total = 0;
    double left = 0;
    for (int j = 0; j < width; j++) {
      double meanX = sums[0][j] / tokens;
      double meanY = sums[1][j] / tokens;
      double varianceX = sums[2][j] / tokens - meanX * meanX;
      double covariance = sums[3][j] / tokens - meanX * meanY;
      double varianceY = Math.max(0, sums[4][j] / tokens - meanY * meanY);
      double slope = varianceX > VARIANCE_MIN ? covariance / varianceX : 0;
      gamma[j] = (float) slope;
      beta[j] = (float) (meanY - slope * meanX);
      total += varianceY;
      left += Math.max(0, varianceY - slope * covariance);
    }
    try (NoGradGuard guard = new NoGradGuard()) {
      parameters.get(at + ".weight").copy_(Torch.floats(gamma, width));
      parameters.get(at + ".bias").copy_(Torch.floats(beta, width));
    }
    return total == 0 ? 0 : left / total;
  }
}
