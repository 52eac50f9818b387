package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The encoded weights of a CQ.
 *
 * <p>Level 1 is a {@link PairedWindow} with one result for each F neurons and one for all heads, of
 * which each head's score stands at the positions of {@link SealedShape#positions}.
 *
 * <p>Immutable; read by any number of inferences at once.
 */
final class SealedWeights implements SealedEncoding {

  private final SealedLayout layout;
  private final SealedShape shape;
  private final PairedWindow window;
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
    int blocks = shape.blocks(f);
    int seen = PairedWindow.BLOCKS;
    int outputs = shape.outputs();
    int terms = outputs * shape.turns();
    window =
        new PairedWindow(
            layout,
            layout.babySteps(),
            rows.pieces(),
            source,
            SealedScales.LIMBS,
            scales.matrix(),
            scales.windowed());
    int limbs = SealedScales.SQUARE_LIMBS;
    squares = source.encode(terms * blocks, rows::square, limbs, scales.squareFactor());
    linear = source.encodeComplex(terms * seen, rows::linear, limbs, scales.linearFactor());
    added = source.encode(outputs, rows::added, limbs, scales.value());
    int own = shape.places(layout) * outputs;
    ownSquares =
        whole.encode(
            own * blocks,
            i -> atFirst(i / (outputs * blocks), rows.ownSquare(i % (outputs * blocks))),
            limbs,
            scales.ownSquareFactor());
    ownLinear =
        whole.encodeComplex(
            own * seen,
            i -> pairsAtFirst(i / (outputs * seen), rows.ownLinear(i % (outputs * seen))),
            limbs,
            scales.ownLinearFactor());
    ownAdded =
        whole.encode(
            own, i -> atFirst(i / outputs, rows.ownAdded(i % outputs)), limbs, scales.own());
    this.outputs = source.encode(outputs, rows::output, 1, scales.output());
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

  /** A periodic vector in the row of token 0 of a place alone. */
  private double[] atFirst(int place, double[] row) {
    double[] slots = new double[layout.slots()];
    System.arraycopy(row, 0, slots, layout.firstRow(place), row.length);
    return slots;
  }

  /** The same of complex slots, real parts first. */
  private double[] pairsAtFirst(int place, double[] row) {
    double[] slots = new double[2 * layout.slots()];
    int f = layout.features();
    System.arraycopy(row, 0, slots, layout.firstRow(place), f);
    System.arraycopy(row, f, slots, layout.slots() + layout.firstRow(place), f);
    return slots;
  }

  SealedShape shape() {
    return shape;
  }

  int blocks() {
    return shape.blocks(layout.features());
  }

  /** Level 1: h, one piece per block of neurons, then all e. */
  PairedWindow window() {
    return window;
  }

  PeriodicPlaintexts squares() {
    return squares;
  }

  /**
   * Indices into {@link #squares} of an output's turn, or into {@link #ownSquares} of an output of
   * the text in a place, [place][output].
   */
  int[] squareIndices(int term) {
    return IntStream.range(term * blocks(), (term + 1) * blocks()).toArray();
  }

  PeriodicPlaintexts linear() {
    return linear;
  }

  /** Indices into {@link #linear} or {@link #ownLinear} likewise. */
  int[] linearIndices(int term) {
    return IntStream.range(term * PairedWindow.BLOCKS, (term + 1) * PairedWindow.BLOCKS).toArray();
  }

  /** What is added to the values, one an output. */
  PeriodicPlaintexts added() {
    return added;
  }

  /** Factors of h² for the [CLS] terms, one a place, output and block. */
  PeriodicPlaintexts ownSquares() {
    return ownSquares;
  }

  /** Factors of the shifted rows and the mean for the [CLS] terms. */
  PeriodicPlaintexts ownLinear() {
    return ownLinear;
  }

  /** What is added to the [CLS] terms, one a place and output. */
  PeriodicPlaintexts ownAdded() {
    return ownAdded;
  }

  /** Constants of the outputs in every slot, one per output. */
  PeriodicPlaintexts outputs() {
    return outputs;
  }

  @Override
  public StepProgram start() {
    return new SealedProgram(layout, this, 1);
  }

  @Override
  public StepProgram start(PlanContext context, RandomGenerator random) {
    return new SealedProgram(layout, this, ((ShallowContext) context).texts());
  }
}
