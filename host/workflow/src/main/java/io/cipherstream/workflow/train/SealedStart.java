package io.cipherstream.workflow.train;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An AA that begins as a converted encoder of two layers: its weights, a power attention by {@link
 * PowerRegression}, and for the ReLU of every neuron the quadratic of least squares over the word
 * pieces of examples.
 */
public final class SealedStart {

  private SealedStart() {}

  /**
   * The start.
   *
   * @param model affine norms, THE-X's attention with ReLU or a power attention with the quadratic
   * @param architecture of the AA
   * @param vocabulary every word piece
   * @param examples for the regressions
   * @param progress receives the share that is done
   * @throws TrainingException of kind OPTIONS if the model does not fit
   */
  public static Parameters of(
      ImportedModel model,
      Architecture architecture,
      VocabularyMap vocabulary,
      List<Example> examples,
      long seed,
      DoubleConsumer progress) {
    ModelShape shape = model.encoder().shape();
    check(shape, model.embeddings().positions(), architecture, vocabulary);
    Parameters out =
        ModelWeights.read(model.encoder(), model.embeddings(), vocabulary, architecture, seed);
    Kinds kinds = Kinds.of(shape.activation(), shape.attention(), shape.norm());
    if (shape.attention() == AttentionKind.THEX) {
      PowerRegression.fit(out, kinds, examples, vocabulary, progress);
    }
    List<Tensor> sums =
        shape.activation() == Activation.RELU
            ? sums(new Forward(out, kinds), architecture, examples, vocabulary)
            : List.of();
    for (int i = 0; i < architecture.layers(); i++) {
      attention(out, i, architecture.heads());
      activation(out, i, sums.isEmpty() ? null : sums.get(i));
    }
    Tensor positions = out.get(Parameters.POSITIONS).narrow(0, 0, architecture.positions());
    out.put(Parameters.POSITIONS, positions.contiguous().clone());
    return out;
  }

  private static void check(
      ModelShape shape, int positions, Architecture a, VocabularyMap vocabulary) {
    boolean theX = shape.attention() == AttentionKind.THEX && shape.activation() == Activation.RELU;
    boolean polynomial =
        shape.attention() == AttentionKind.POWER && shape.activation() == Activation.QUADRATIC;
    boolean sizes =
        shape.layers() == a.layers()
            && shape.width() == a.width()
            && shape.heads() == a.heads()
            && shape.ffnWidth() == a.ffnWidth()
            && shape.vocabulary() == vocabulary.size()
            && positions >= a.positions();
    if (!(theX || polynomial)
        || shape.norm() != NormKind.AFFINE
        || !sizes
        || shape.pooling() != Pooling.CLS) {
      throw new TrainingException(
          TrainingException.Kind.OPTIONS,
          "a start of "
              + text(shape, positions)
              + ": expected a converted model with affine norms, THE-X's attention and ReLU (or a"
              + " power attention and the quadratic), pooling cls, and "
              + a.layers()
              + " layers, width "
              + a.width()
              + ", heads "
              + a.heads()
              + ", intermediate "
              + a.ffnWidth()
              + ", "
              + vocabulary.size()
              + " word pieces, at least "
              + a.positions()
              + " positions");
    }
  }

  private static String text(ModelShape shape, int positions) {
    return shape.layers()
        + " layers, width "
        + shape.width()
        + ", heads "
        + shape.heads()
        + ", intermediate "
        + shape.ffnWidth()
        + ", "
        + shape.vocabulary()
        + " word pieces, "
        + positions
        + " positions, norm "
        + shape.norm()
        + ", attention "
        + shape.attention()
        + ", activation "
        + shape.activation()
        + ", pooling "
        + shape.pooling();
  }

  /** A layer's one power attention becomes that of each head. */
  private static void attention(Parameters out, int layer, int heads) {
    for (String part : new String[] {"scale", "offset"}) {
      String from = Parameters.power(layer) + part;
      float[] all = new float[heads];
      Arrays.fill(all, Torch.array(out.get(from))[0]);
      out.put(SealedParameters.prefix(layer) + "attention." + part, Torch.floats(all, heads));
      out.remove(from);
    }
  }

  /** For each layer Σ h^k for k = 0 … 4 and Σ ReLU(h)·h^k for k = 0 … 2, [8, neurons]. */
  private static List<Tensor> sums(
      Forward forward, Architecture a, List<Example> examples, VocabularyMap vocabulary) {
    List<Tensor> out = new ArrayList<>();
    for (int i = 0; i < a.layers(); i++) {
      out.add(torch.zeros(new long[] {8, a.ffnWidth()}).to(torch.ScalarType.Double));
    }
    TracedPass.over(
        forward,
        examples,
        vocabulary,
        Trace::preActivations,
        (batch, trace) -> {
          Tensor real = batch.mask().to(torch.ScalarType.Double).unsqueeze(2);
          for (int i = 0; i < a.layers(); i++) {
            Tensor h = trace.keptPreActivations().get(i).to(torch.ScalarType.Double);
            Tensor relu = torch.relu(h);
            Tensor power = torch.ones_like(h).mul(real);
            for (int k = 0; k < 5; k++) {
              out.get(i).select(0, k).add_(power.sum(0L, 1L));
              if (k < 3) {
                out.get(i).select(0, 5 + k).add_(power.mul(relu).sum(0L, 1L));
              }
              power = power.mul(h);
            }
          }
        },
        share -> {});
    return out;
  }

  /**
   * Adds a layer's quadratics a·h² + b·h + c. Each neuron's own c goes through the second matrix
   * into its bias, since an encoder has one c for all.
   */
  private static void activation(Parameters out, int layer, @Nullable Tensor sums) {
    int neurons = out.architecture().ffnWidth();
    float[] square = new float[neurons];
    float[] linear = new float[neurons];
    float[] constant = new float[neurons];
    for (int n = 0; n < neurons; n++) {
      double[] fit = {0.5, 0.25, 0.125};
      if (sums != null) {
        fit = leastSquares(Torch.doubleArray(sums.select(1, n)));
      }
      constant[n] = (float) fit[0];
      linear[n] = (float) fit[1];
      square[n] = (float) fit[2];
    }
    String own = SealedParameters.prefix(layer) + "activation.";
    out.put(own + "square", Torch.floats(square, neurons));
    out.put(own + "linear", Torch.floats(linear, neurons));
    out.put(own + "constant", Torch.floats(new float[1], 1));
    String second = Parameters.layer(layer) + "output.dense";
    Tensor added = torch.matmul(out.get(second + ".weight"), Torch.floats(constant, neurons));
    out.put(second + ".bias", out.get(second + ".bias").add(added));
  }

  /**
   * The [c, b, a] of least Σ (a·h² + b·h + c − ReLU(h))², by elimination; positive definite, so no
   * pivots.
   */
  static double[] leastSquares(double[] sums) {
    double[][] m = new double[3][4];
    double ridge = 1e-9 * (1 + sums[4]);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        m[i][j] = sums[i + j] + (i == j ? ridge : 0);
      }
      m[i][3] = sums[5 + i];
    }
    for (int i = 0; i < 3; i++) {
      for (int r = i + 1; r < 3; r++) {
        double factor = m[r][i] / m[i][i];
        for (int c = i; c < 4; c++) {
          m[r][c] -= factor * m[i][c];
        }
      }
    }
    double[] out = new double[3];
    for (int i = 2; i >= 0; i--) {
      double rest = m[i][3];
      for (int c = i + 1; c < 3; c++) {
        rest -= m[i][c] * out[c];
      }
      out[i] = rest / m[i][i];
    }
    return out;
  }
}
