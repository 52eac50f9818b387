package io.cipherstream.model.sealed;

import io.cipherstream.model.Head;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import java.util.List;

/**
 * A CQ or CT in the form that its encrypted program computes, four or three levels deep;
 * host/model/SEALED.md has the derivation. X_t stands for the seven tokens around t and the mean of
 * all tokens:
 *
 * <pre>
 *   level 1   h = hidden·X_t      e = scores·X_t      l_jh = values·X_t
 *   level 2   h∘h                 e²
 *   level 3   G_jh = l_jh + squares_jh·(h∘h)          e²·w, w = 1/n on real tokens
 *   level 4   output_j = Σ_t Σ_h (e_h²·w)·G_jh + G_j,CLS at t = 0 + constant_j
 * </pre>
 *
 * <p>A CT has no heads, and the row of [CLS]' term is every token's answer:
 *
 * <pre>
 *   output_jt = l_j + squares_j·(h∘h) + constant_j
 * </pre>
 *
 * <p>Arrays are not to be changed. Of two classes there is one output, the second's logit less the
 * first's.
 *
 * @param outputs how many
 * @param heads scores a token; none of a CT
 * @param hidden h, one row a neuron
 * @param scores e, one row a head
 * @param values l, row j·(heads + 1) + h for head h of output j; the last of an output is [CLS]'
 * @param squares [rows of values][neurons]
 * @param constants one an output
 */
@SuppressWarnings("ArrayRecordComponent")
public record MergedEncoder(
    int outputs,
    int heads,
    Window hidden,
    Window scores,
    Window values,
    double[][] squares,
    double[] constants) {

  /**
   * Rows of linear maps of a token's window.
   *
   * @param offsets [offset −3 to 3][row][width]
   * @param mean [row][width]
   * @param constant one a row
   */
  public record Window(List<double[][]> offsets, double[][] mean, double[] constant) {

    static Window of(WindowRows rows) {
      return new Window(
          rows.offsets().stream().map(Balls::middles).toList(),
          rows.mean().middles(),
          rows.constant().middles()[0]);
    }

    /** How many. */
    public int rows() {
      return constant.length;
    }
  }

  /** Whether the output is the difference of two logits. */
  public static boolean differs(ModelShape shape) {
    return shape.head() == Head.CLASSES && shape.outputs() == 2;
  }

  /**
   * @throws ModelException of kind UNSUPPORTED for another spec than CQ and CT
   */
  public static MergedEncoder of(SealedEncoder encoder) {
    WindowMerge merge = WindowMerge.of(encoder);
    return new MergedEncoder(
        merge.constants().columns(),
        encoder.spec().words() ? 0 : encoder.shape().heads(),
        Window.of(merge.hidden()),
        Window.of(merge.scores()),
        Window.of(merge.values()),
        merge.squares().middles(),
        merge.constants().middles()[0]);
  }

  /** The row of an output's head, or with {@code head = heads} of its [CLS] term. */
  public int row(int output, int head) {
    return output * (heads + 1) + head;
  }
}
