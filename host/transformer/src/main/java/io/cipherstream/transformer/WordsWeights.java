package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.model.sealed.MergedEncoder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The encoded weights of a CT. Immutable; read by any number of inferences at once. */
final class WordsWeights implements SealedEncoding {

  private final WordsContext context;
  private final PairedWindow window;
  private final PeriodicPlaintexts squares;
  private final PeriodicPlaintexts linear;
  private final PeriodicPlaintexts added;
  private final PeriodicPlaintexts masks;

  /**
   * @param merged null to trace shapes only
   * @param source of vectors with period F; owns what is encoded
   */
  WordsWeights(WordsContext context, @Nullable MergedEncoder merged, PlainSource source) {
    this.context = context;
    SealedLayout layout = context.layout();
    WordsScales scales = context.scales();
    SealedRows rows = new SealedRows(layout, context.sizes(), merged);
    window =
        new PairedWindow(
            layout,
            layout.babySteps(),
            rows.neurons(),
            source,
            SealedScales.LIMBS,
            scales.first().matrix(),
            scales.first().windowed());
    int outputs = context.sizes().outputs();
    int limbs = SealedScales.SQUARE_LIMBS;
    squares = source.encode(outputs * blocks(), rows::ownSquare, limbs, scales.squareFactor());
    linear =
        source.encodeComplex(
            outputs * PairedWindow.BLOCKS, rows::ownLinear, limbs, scales.linearFactor());
    added = source.encode(outputs, rows::ofToken, limbs, scales.value());
    masks = source.encode(context.places(), this::mask, limbs - 1, scales.mask());
  }

  private double[] mask(int place) {
    double[] row = new double[context.features()];
    row[place] = 1;
    return row;
  }

  private int blocks() {
    return context.sizes().blocks(context.features());
  }

  WordsContext context() {
    return context;
  }

  /** Level 1: h, one piece a block of neurons. */
  PairedWindow window() {
    return window;
  }

  /** Factors of h², one an output and block. */
  PeriodicPlaintexts squares() {
    return squares;
  }

  /** Indices of an output into {@link #squares}. */
  int[] squareIndices(int output) {
    return IntStream.range(output * blocks(), (output + 1) * blocks()).toArray();
  }

  /** Factors of the shifted rows and the mean, one an output and shift. */
  PeriodicPlaintexts linear() {
    return linear;
  }

  /** Indices of an output into {@link #linear}. */
  int[] linearIndices(int output) {
    return IntStream.range(output * PairedWindow.BLOCKS, (output + 1) * PairedWindow.BLOCKS)
        .toArray();
  }

  /** Constants, one an output. */
  PeriodicPlaintexts added() {
    return added;
  }

  /** 1 at one position of each row, one a place. */
  PeriodicPlaintexts masks() {
    return masks;
  }

  @Override
  public StepProgram start() {
    return new WordsProgram(this);
  }
}
