package io.cipherstream.transformer;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a CQ.
 *
 * <p>Level 1 is one product by baby and giant steps of nine blocks, the rows shifted by −4 to 3
 * tokens and the repeated mean, with one result for each F neurons and one for each head, whose
 * score stands at all F positions. Rotating shift c by d brings feature i + d of token t + o to
 * position i, or feature i + d − F of token t + o + 1; the diagonal has the factor of whichever it
 * is, so that nothing is masked and no sum is rotated back. The mean is the same in all rows.
 *
 * <p>Immutable; read by any number of inferences at once.
 */
final class SealedWeights implements EncodedWeights {

  private final SealedLayout layout;
  private final SealedShape shape;
  private final Owned owned = new Owned();
  private final PeriodicPlaintexts matrix;
  private final PeriodicPlaintexts constants;
  private final PeriodicPlaintexts squares;
  private final PeriodicPlaintexts linear;
  private final PeriodicPlaintexts added;
  private final PeriodicPlaintexts ownSquares;
  private final PeriodicPlaintexts ownLinear;
  private final PeriodicPlaintexts ownAdded;
  private final PeriodicPlaintexts outputs;

  private SealedWeights(
      SealedLayout layout,
      SealedShape shape,
      SealedScales scales,
      @Nullable MergedEncoder merged,
      PlainSource source,
      PlainSource whole) {
    this.layout = layout;
    this.shape = shape;
    SealedRows rows = new SealedRows(layout, shape, merged);
    int f = layout.features();
    int values = shape.values();
    try {
      matrix =
          owned.keep(
              source.encode(
                  shape.pieces(f) * layout.diagonals(),
                  rows::diagonal,
                  SealedScales.LIMBS,
                  scales.matrix()));
      constants =
          owned.keep(
              source.encode(
                  shape.pieces(f), rows::constant, SealedScales.LIMBS, scales.windowed()));
      int limbs = SealedScales.SQUARE_LIMBS;
      squares =
          owned.keep(
              source.encode(values * shape.blocks(f), rows::square, limbs, scales.squareFactor()));
      linear =
          owned.keep(
              source.encode(
                  values * SealedLayout.SEEN, rows::linear, limbs, scales.linearFactor()));
      added = owned.keep(source.encode(values, rows::added, limbs, scales.value()));
      int blocks = shape.blocks(f);
      int seen = SealedLayout.SEEN;
      ownSquares =
          owned.keep(
              whole.encode(
                  shape.outputs() * blocks,
                  i -> atFirst(rows.square(own(i / blocks) * blocks + i % blocks)),
                  limbs,
                  scales.ownSquareFactor()));
      ownLinear =
          owned.keep(
              whole.encode(
                  shape.outputs() * seen,
                  i -> atFirst(rows.linear(own(i / seen) * seen + i % seen)),
                  limbs,
                  scales.ownLinearFactor()));
      ownAdded =
          owned.keep(
              whole.encode(shape.outputs(), j -> atFirst(rows.added(own(j))), limbs, scales.own()));
      outputs = owned.keep(source.encode(shape.outputs(), rows::output, 1, scales.output()));
    } catch (RuntimeException | Error e) {
      owned.close();
      throw e;
    }
  }

  /**
   * Encodes.
   *
   * @param merged null to trace shapes only
   * @param source of vectors with period F
   * @param whole of vectors that differ in every slot
   */
  static SealedWeights encode(
      SealedContext context,
      @Nullable MergedEncoder merged,
      PlainSource source,
      PlainSource whole) {
    return new SealedWeights(
        context.layout(), context.sizes(), context.scales(), merged, source, whole);
  }

  /** Row of values of an output's [CLS] term. */
  private int own(int output) {
    return shape.row(output, shape.heads());
  }

  /** A periodic vector in the row of token 0 alone. */
  private double[] atFirst(double[] row) {
    double[] slots = new double[layout.slots()];
    System.arraycopy(row, 0, slots, layout.firstRow(), row.length);
    return slots;
  }

  SealedShape shape() {
    return shape;
  }

  int blocks() {
    return shape.blocks(layout.features());
  }

  /** Level 1, one piece for each block of neurons, then one for each head. */
  List<BabyGiantProduct.Piece> pieces() {
    int f = layout.features();
    int babies = layout.babySteps();
    List<BabyGiantProduct.Piece> pieces = new ArrayList<>();
    for (int piece = 0; piece < shape.pieces(f); piece++) {
      List<int[]> terms = new ArrayList<>();
      for (int giant = 0; giant < f; giant += babies) {
        int[] indices = new int[SealedLayout.BLOCKS * babies];
        for (int c = 0; c < SealedLayout.BLOCKS; c++) {
          for (int b = 0; b < babies; b++) {
            int diagonal = c * f + giant + b - 1;
            indices[c * babies + b] = diagonal < 0 ? -1 : piece * layout.diagonals() + diagonal;
          }
        }
        terms.add(indices);
      }
      pieces.add(new BabyGiantProduct.Piece(matrix, terms, 0));
    }
    return pieces;
  }

  /** Constants of h and e, one a piece. */
  PeriodicPlaintexts constants() {
    return constants;
  }

  PeriodicPlaintexts squares() {
    return squares;
  }

  /** Indices into {@link #squares} of a row of values, or into {@link #ownSquares} of an output. */
  int[] squareIndices(int row) {
    return IntStream.range(row * blocks(), (row + 1) * blocks()).toArray();
  }

  PeriodicPlaintexts linear() {
    return linear;
  }

  /** Indices into {@link #linear} or {@link #ownLinear} likewise. */
  int[] linearIndices(int row) {
    return IntStream.range(row * SealedLayout.SEEN, (row + 1) * SealedLayout.SEEN).toArray();
  }

  /** What is added to a row of values, one a row. */
  PeriodicPlaintexts added() {
    return added;
  }

  /** Factors of h² for the [CLS] terms, one an output and block. */
  PeriodicPlaintexts ownSquares() {
    return ownSquares;
  }

  /** Factors of the shifted rows and the mean for the [CLS] terms. */
  PeriodicPlaintexts ownLinear() {
    return ownLinear;
  }

  /** What is added to the [CLS] terms, one an output. */
  PeriodicPlaintexts ownAdded() {
    return ownAdded;
  }

  /** Constants of the outputs in every slot, one an output. */
  PeriodicPlaintexts outputs() {
    return outputs;
  }

  @Override
  public StepProgram start(InferencePlan plan, StepContext ctx, RandomGenerator random) {
    return new SealedProgram(layout, this, ctx);
  }

  @Override
  public long bytes() {
    return Stream.of(
            matrix, constants, squares, linear, added, ownSquares, ownLinear, ownAdded, outputs)
        .mapToLong(PeriodicPlaintexts::bytes)
        .sum();
  }

  @Override
  public void close() {
    owned.close();
  }
}
