package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;

/**
 * An AA in the form that its encrypted program computes: the first attention, then what stands
 * behind it as for a CA, with y in place of a token's window. host/model/SEALED.md has the
 * derivation.
 *
 * <pre>
 *   z_t = concat_h Σ_u (e_htu²/n)·v_hu,   e_htu = q_ht·k_hu + offset_h,   q, k and v maps of x
 *   y_t = residual∘x_t + output·z_t + constant
 * </pre>
 *
 * Arrays are not to be changed.
 *
 * @param attention of the first layer
 * @param layers all that follows, maps of y: their windows see the middle token alone
 */
public record MergedTransformer(Attention attention, MergedLayers layers) {

  /**
   * A linear map of one row.
   *
   * @param matrix [rows][width]
   * @param constant one a row
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record RowMap(double[][] matrix, double[] constant) {}

  /**
   * The first layer up to its residual.
   *
   * @param query q, row h·d + i, scaled by scale_h/√d
   * @param key k, rows alike
   * @param value v, rows alike
   * @param offsets one a head
   * @param output what y takes of z, [width][width]
   * @param residual what y takes of x, one a feature
   * @param constant of y
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Attention(
      RowMap query,
      RowMap key,
      RowMap value,
      double[] offsets,
      double[][] output,
      double[] residual,
      double[] constant) {

    static Attention of(SealedLayer layer, SelfAttention mixing, int headWidth) {
      Balls gamma = Balls.row(layer.norm().gamma());
      Balls factors = LayerMerge.factors(mixing, headWidth);
      Balls bias = Balls.row(mixing.output().bias()).scaledColumns(gamma);
      return new Attention(
          new RowMap(
              Balls.weight(mixing.query()).scaledRows(factors).middles(),
              Balls.row(mixing.query().bias()).scaledColumns(factors).middles()[0]),
          map(mixing.key()),
          map(mixing.value()),
          LayerMerge.doubles(mixing.offset()),
          Balls.weight(mixing.output()).scaledRows(gamma).middles(),
          LayerMerge.doubles(layer.norm().gamma()),
          bias.plus(Balls.row(layer.norm().beta())).middles()[0]);
    }

    private static RowMap map(DenseLayer layer) {
      return new RowMap(Balls.weight(layer).middles(), LayerMerge.doubles(layer.bias()));
    }
  }

  /** Whether a spec has this form. */
  public static boolean covers(SealedSpec spec) {
    return spec.first() == LayerLetter.A && spec.second() == LayerLetter.A;
  }

  /**
   * @throws ModelException of kind UNSUPPORTED for another spec than AA
   */
  public static MergedTransformer of(SealedEncoder encoder) {
    if (!covers(encoder.spec())
        || !(encoder.layers().get(0).mixing() instanceof SelfAttention attention)) {
      throw new ModelException(
          ModelException.Kind.UNSUPPORTED,
          "spec " + encoder.spec() + " is no transformer of two attentions: expected AA");
    }
    return new MergedTransformer(
        Attention.of(encoder.layers().get(0), attention, encoder.shape().headWidth()),
        new LayerMerge(encoder).merged());
  }
}
