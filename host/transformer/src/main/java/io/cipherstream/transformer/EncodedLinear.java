package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.Arrays;
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

  /**
   * As the other at one limb, for slots that hold a token in each of their parts: the diagonals are
   * real, and the bias has the same real and imaginary parts.
   */
  static EncodedLinear pairs(
      PlainSource source,
      DiagonalStructure structure,
      LayerValues.Folded values,
      Scales.LinearScale scale) {
    PeriodicPlaintexts diagonals =
        source.encode(
            structure.count(),
            i -> structure.diagonal(i, values.matrix()),
            scale.limbs(),
            scale.weight());
    PeriodicPlaintexts bias =
        pairs(source, structure.out(), values.bias(), scale.limbs(), scale.output());
    return new EncodedLinear(new DiagonalMatrix(structure, diagonals), bias);
  }

  /** One complex periodic plaintext per block, with value(f)·(1 + i) at feature f, 0 elsewhere. */
  static PeriodicPlaintexts pairs(
      PlainSource source,
      FeatureLayout layout,
      IntToDoubleFunction value,
      int limbs,
      double scale) {
    return source.encodeComplex(
        layout.blocks(),
        block -> {
          double[] row = Arrays.copyOf(row(layout, value, block), 2 * layout.features());
          System.arraycopy(row, 0, row, layout.features(), layout.features());
          return row;
        },
        limbs,
        scale);
  }

  private static double[] row(FeatureLayout layout, IntToDoubleFunction value, int block) {
    double[] row = new double[layout.features()];
    for (int i = 0; i < row.length; i++) {
      int feature = layout.featureAt(block, i);
      row[i] = feature < 0 ? 0 : value.applyAsDouble(feature);
    }
    return row;
  }

  /** One periodic plaintext per block, with value(f) at feature f, 0 elsewhere. */
  static PeriodicPlaintexts features(
      PlainSource source,
      FeatureLayout layout,
      IntToDoubleFunction value,
      int limbs,
      double scale) {
    return source.encode(layout.blocks(), block -> row(layout, value, block), limbs, scale);
  }
}
