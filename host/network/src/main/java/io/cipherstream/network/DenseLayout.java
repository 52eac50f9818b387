package io.cipherstream.network;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.PeriodicPlaintexts;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer's matrix on rows of F slots, by diagonals. The operands are blocks of {@code stride}
 * numbers; output j of a row comes to its slot j, and all other slots become 0.
 *
 * <p>A rotation by d brings number j + d of a row to slot j. d goes from −(outputs − 1) to stride −
 * 1; where j + d is in no place of the row, the diagonal has a 0. With t = d + outputs − 1 = g·n₁ +
 * b the product is one of baby steps b and giant steps g, turned back at its end. The steps follow
 * from the sizes alone, since keys must not depend on weights.
 *
 * @param blocks operands
 * @param stride numbers of each block
 * @param outputs numbers that come out
 * @param row F
 */
record DenseLayout(int blocks, int stride, int outputs, int row) {

  /** The layout of a layer. */
  static DenseLayout of(NetworkShape shape, int layer) {
    LayerShape sizes = shape.layers().get(layer);
    int row = shape.row();
    return layer == 0
        ? new DenseLayout(
            (sizes.inputs() + row - 1) / row, Math.min(row, sizes.inputs()), sizes.outputs(), row)
        : new DenseLayout(sizes.degree(), sizes.inputs(), sizes.outputs(), row);
  }

  private int diagonals() {
    return stride + outputs - 1;
  }

  /** n₁: the power of two with the fewest rotations. */
  int babySteps() {
    int best = 1;
    for (int n = 2; n <= row; n *= 2) {
      if (rotations(n) < rotations(best)) {
        best = n;
      }
    }
    return best;
  }

  private int rotations(int babies) {
    return blocks * (babies - 1) + (diagonals() + babies - 1) / babies;
  }

  private int giantSteps() {
    return (diagonals() + babySteps() - 1) / babySteps();
  }

  /** The rotation at the end, 0 or negative. */
  private int lastStep() {
    return 1 - outputs;
  }

  /** Every rotation that the product takes. */
  List<Integer> steps() {
    List<Integer> steps = new ArrayList<>();
    for (int b = 1; b < babySteps(); b++) {
      steps.add(b);
    }
    if (giantSteps() > 1) {
      steps.add(babySteps());
    }
    if (lastStep() != 0) {
      steps.add(lastStep());
    }
    return steps;
  }

  /** Most plaintexts of a matrix. */
  int plaintexts() {
    return blocks * diagonals();
  }

  /** Ciphertexts that the product has open at one time, at most. */
  int ciphertexts() {
    return blocks * (babySteps() + 1) + 4;
  }

  /**
   * A matrix as diagonals.
   *
   * @param rows slot vectors of period F
   * @param terms for each giant step the row of a block and a baby step, −1 for none
   */
  record Diagonals(double[][] rows, List<int[]> terms) {}

  /**
   * @param matrix [output][block·stride + number]; columns that it has not are 0
   */
  Diagonals diagonals(double[][] matrix) {
    List<double[]> rows = new ArrayList<>();
    List<int[]> terms = new ArrayList<>();
    int babies = babySteps();
    for (int g = 0; g < giantSteps(); g++) {
      int[] of = new int[blocks * babies];
      for (int block = 0; block < blocks; block++) {
        for (int b = 0; b < babies; b++) {
          double[] diagonal = new double[row];
          boolean any = fill(diagonal, matrix, block, g * babies + lastStep(), b);
          of[block * babies + b] = any ? rows.size() : -1;
          if (any) {
            rows.add(diagonal);
          }
        }
      }
      terms.add(of);
    }
    return new Diagonals(rows.toArray(double[][]::new), terms);
  }

  /** What a baby step shows slot j + turn must be its factor for output j. */
  private boolean fill(double[] diagonal, double[][] matrix, int block, int turn, int baby) {
    boolean any = false;
    for (int j = 0; j < outputs; j++) {
      int number = j + turn + baby;
      int column = block * stride + number;
      if (number >= 0 && number < stride && column < matrix[j].length && matrix[j][column] != 0) {
        diagonal[Math.floorMod(j + turn, row)] = matrix[j][column];
        any = true;
      }
    }
    return any;
  }

  /** The product with encoded diagonals. */
  BabyGiantProduct product(PeriodicPlaintexts encoded, List<int[]> terms) {
    return new BabyGiantProduct(
        babySteps(), List.of(new BabyGiantProduct.Piece(encoded, terms, lastStep())));
  }
}
