package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.function.IntToDoubleFunction;

/** An encoded matrix with its bias at the scale of the product. */
record EncodedLinear(DiagonalMatrix matrix, PeriodicPlaintexts bias) {

  /**
   * Encodes a folded matrix.
   *
   * @param inputScale scale of the ciphertexts it will multiply
   * @param weightScale scale of the diagonals
   */
  static EncodedLinear encode(
      PlainSource source,
      DiagonalStructure structure,
      LayerValues.Folded values,
      int limbs,
      double inputScale,
      double weightScale) {
    PeriodicPlaintexts diagonals =
        source.encode(
            structure.count(), i -> structure.diagonal(i, values.matrix()), limbs, weightScale);
    PeriodicPlaintexts bias =
        features(source, structure.out(), values.bias(), limbs, inputScale * weightScale);
    return new EncodedLinear(new DiagonalMatrix(structure, diagonals), bias);
  }

  /** One periodic plaintext per block, with value(f) at feature f, 0 elsewhere. */
  static PeriodicPlaintexts features(
      PlainSource source,
      FeatureLayout layout,
      IntToDoubleFunction value,
      int limbs,
      double scale) {
    return source.encode(
        layout.blocks(),
        block -> {
          double[] row = new double[layout.features()];
          for (int i = 0; i < row.length; i++) {
            int feature = layout.featureAt(block, i);
            row[i] = feature < 0 ? 0 : value.applyAsDouble(feature);
          }
          return row;
        },
        limbs,
        scale);
  }
}
