package io.cipherstream.model.sealed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An encoder whose first layer is a window and whose second one has a feed-forward network (CP, CS,
 * CA), in the form that its encrypted program computes; host/model/SEALED.md has the derivation.
 * X_t stands for the seven tokens around t and the mean of all tokens:
 *
 * <pre>
 *   u_t = (g_t, y_t, 1)            g = square∘h² + linear∘h,  h = hidden·X_t,  y = residual·X_t
 *   e_ht                           the score of {@link Scores}
 *   r = own·u_CLS + Σ_h heads_h·Σ_t (e_ht²/n)·u_t + constant
 *   output_j = squares_j·(r∘r) + linears_j·r + Σ_n higher_nj·B_n(r) + constants_j
 * </pre>
 *
 * <p>Where the network has edges ({@link EdgeFeatures}), u_t = (h_t², h_t, y_t, 1), and r is the
 * pre-activations and the residual over {@link EdgeFeatures#LIMIT}, so that B₃ … B_d, which are
 * there from degree 4 on, see numbers in [−1, 1].
 *
 * <p>The first {@code neurons} rows of r are the second layer's pre-activations, the other ones its
 * residual; outputs see no square of a residual. Of two classes there is one output, the second's
 * logit less the first's. Arrays are not to be changed.
 *
 * @param hidden h, one row a neuron of the first layer
 * @param residual y, one row a feature
 * @param square factors of h², one a neuron
 * @param linear factors of h, one a neuron
 * @param scores what weighs a token
 * @param heads of each head a matrix [rows of r][neurons of h, twice of edges, + width + 1]
 * @param own [rows of r][neurons of h, twice of edges, + width]
 * @param constant [rows of r]
 * @param neurons of the second layer
 * @param squares [outputs][neurons]
 * @param linears [outputs][rows of r]
 * @param higher of each of B₃ … B_d [outputs][neurons]; none but of edges of degree 4 or 8
 * @param constants one an output
 */
@SuppressWarnings("ArrayRecordComponent")
public record MergedLayers(
    MergedEncoder.Window hidden,
    MergedEncoder.Window residual,
    double[] square,
    double[] linear,
    Scores scores,
    List<double[][]> heads,
    double[][] own,
    double[] constant,
    int neurons,
    double[][] squares,
    double[][] linears,
    List<double[][]> higher,
    double[] constants) {

  public MergedLayers {
    heads = List.copyOf(heads);
    higher = List.copyOf(higher);
  }

  /**
   * e_ht = q_h·k_ht + offset_h with heads of d features, or without queries e_ht = k_ht and one
   * feature a head.
   *
   * @param keys k, row h·d + i; of a CA its part that is linear in X_t
   * @param keySquares of a CA what multiplies h², [rows of keys][neurons of h]; else null
   * @param queries q of [CLS], rows as {@code keys}, scaled by scale_h/√d; null without queries
   * @param querySquares as {@code keySquares}
   * @param offsets one a head; zeros without queries
   */
  public record Scores(
      MergedEncoder.Window keys,
      double @Nullable [][] keySquares,
      MergedEncoder.@Nullable Window queries,
      double @Nullable [][] querySquares,
      double[] offsets) {

    /** How many heads. */
    public int heads() {
      return offsets.length;
    }

    /** d. */
    public int features() {
      return keys.rows() / offsets.length;
    }
  }

  /** Whether a spec has this form. */
  public static boolean covers(SealedSpec spec) {
    return spec.first() == LayerLetter.C
        && (spec.second() == LayerLetter.P || spec.second().attends());
  }

  /**
   * @throws io.cipherstream.model.ModelException of kind UNSUPPORTED for another spec than CP, CS
   *     and CA
   */
  public static MergedLayers of(SealedEncoder encoder) {
    return new LayerMerge(encoder).merged();
  }
}
