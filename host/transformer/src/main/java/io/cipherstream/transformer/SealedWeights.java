package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a CQ.
 *
 * <p>Level 1 is a {@link WindowMatrix} with one result for each F neurons and one for each head,
 * whose score stands at all F positions.
 *
 * <p>Immutable; read by any number of inferences at once.
 */
final class SealedWeights implements SealedEncoding {

  private final SealedLayout layout;
  private final SealedShape shape;
  private final WindowMatrix window;
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
      PlainSource source) {
    PlainSource whole = source.withPeriod(layout.slots());
    this.layout = layout;
    this.shape = shape;
    SealedRows rows = new SealedRows(layout, shape, merged);
    int f = layout.features();
    int values = shape.values();
    window =
        new WindowMatrix(
            layout,
            layout.babySteps(),
            rows.pieces(),
            source,
            SealedScales.LIMBS,
            scales.matrix(),
            scales.windowed());
    int limbs = SealedScales.SQUARE_LIMBS;
    squares = source.encode(values * shape.blocks(f), rows::square, limbs, scales.squareFactor());
    linear = source.encode(values * SealedLayout.SEEN, rows::linear, limbs, scales.linearFactor());
    added = source.encode(values, rows::added, limbs, scales.value());
    int blocks = shape.blocks(f);
    int seen = SealedLayout.SEEN;
    ownSquares =
        whole.encode(
            shape.outputs() * blocks,
            i -> atFirst(rows.square(own(i / blocks) * blocks + i % blocks)),
            limbs,
            scales.ownSquareFactor());
    ownLinear =
        whole.encode(
            shape.outputs() * seen,
            i -> atFirst(rows.linear(own(i / seen) * seen + i % seen)),
            limbs,
            scales.ownLinearFactor());
    ownAdded = whole.encode(shape.outputs(), j -> atFirst(rows.added(own(j))), limbs, scales.own());
    outputs = source.encode(shape.outputs(), rows::output, 1, scales.output());
  }

  /**
   * Encodes.
   *
   * @param merged null to trace shapes only
   * @param source of vectors with period F; owns what is encoded
   */
  static SealedWeights encode(
      ShallowContext context, @Nullable MergedEncoder merged, PlainSource source) {
    return new SealedWeights(context.layout(), context.sizes(), context.scales(), merged, source);
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

  /** Level 1: h, one piece a block of neurons, then e, one a head. */
  WindowMatrix window() {
    return window;
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
  public StepProgram start() {
    return new SealedProgram(layout, this);
  }
}
