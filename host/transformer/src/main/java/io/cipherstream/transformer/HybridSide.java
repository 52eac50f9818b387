package io.cipherstream.transformer;

import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.PositionBias;
import io.cipherstream.model.SoftmaxAttention;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of mode hybrid: attention, normalisation, activation and pooling in doubles on
 * what it decrypts. What it sends back are plain rows; γ, β and every matrix are the appliance's.
 * Rows and texts are computed beside each other on the common pool.
 */
final class HybridSide implements ClientSide {

  private final HybridContext context;
  private final ModelShape shape;
  private final HybridLayout layout;
  private final @Nullable PositionBias bias;
  private final int[] counts;
  private final int tokens;
  private final RangeWatch watch;

  /**
   * @param bias of attention by relative position; null where the model has none
   * @param counts tokens of each text
   */
  HybridSide(HybridContext context, @Nullable PositionBias bias, int... counts) {
    this.context = context;
    this.shape = context.shape();
    this.layout = context.layout();
    this.bias = bias;
    this.counts = counts.clone();
    this.tokens = Arrays.stream(counts).sum();
    this.watch = new RangeWatch(context.scales()::calibrated);
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return packed(rows, context.hidden());
  }

  @Override
  public List<double[]> answer(Round round, List<double[]> down) {
    watch.see(round, down);
    return switch (round.operation()) {
      case ATTENTION -> packed(attention(unpacked(down, context.projections())), context.hidden());
      case NORMALIZE -> packed(normalised(down), context.hidden());
      case ACTIVATION ->
          packed(mapped(unpacked(down, context.ffn()), shape.activation()::apply), context.ffn());
      case POOL ->
          packedRows(
              eachText(
                  normalised(down),
                  rows -> new double[][] {PlaintextTransformer.pool(rows, shape.pooling())}));
      case TANH, RELU, GELU ->
          packedRows(
              mapped(layout.unpack(down, context.hidden(), counts.length), shape.pooler()::apply));
      default ->
          throw new IllegalStateException(
              "round " + round.operation().label() + " is none of mode hybrid");
    };
  }

  private List<double[]> packed(double[][] rows, FeatureLayout of) {
    return layout.pack(rows, of, context.groups());
  }

  private List<double[]> packedRows(double[][] rows) {
    return layout.pack(rows, context.hidden(), context.headGroups());
  }

  /** The rows that a function makes of each text's rows, one after the other. */
  private double[][] eachText(double[][] rows, UnaryOperator<double[][]> function) {
    int[] ends = counts.clone();
    Arrays.parallelPrefix(ends, Integer::sum);
    return IntStream.range(0, counts.length)
        .parallel()
        .mapToObj(i -> function.apply(Arrays.copyOfRange(rows, ends[i] - counts[i], ends[i])))
        .flatMap(Arrays::stream)
        .toArray(double[][]::new);
  }

  private double[][] unpacked(List<double[]> down, FeatureLayout of) {
    return layout.unpack(down, of, tokens);
  }

  /** Rows of queries over √d, keys and values → the heads' weighted values. */
  private double[][] attention(double[][] projected) {
    int width = shape.width();
    return eachText(
        projected,
        rows ->
            SoftmaxAttention.of(
                columns(rows, 0, width),
                columns(rows, width, width),
                columns(rows, 2 * width, width),
                shape.heads(),
                bias));
  }

  private static double[][] columns(double[][] rows, int from, int count) {
    return Arrays.stream(rows)
        .map(row -> Arrays.copyOfRange(row, from, from + count))
        .toArray(double[][]::new);
  }

  private double[][] normalised(List<double[]> down) {
    double[][] rows = unpacked(down, context.hidden());
    eachRow(rows, row -> NormLayer.normalise(row, shape.layerNormEpsilon()));
    return rows;
  }

  private static double[][] mapped(double[][] rows, DoubleUnaryOperator function) {
    eachRow(rows, row -> Arrays.setAll(row, j -> function.applyAsDouble(row[j])));
    return rows;
  }

  private static void eachRow(double[][] rows, Consumer<double[]> change) {
    Arrays.stream(rows).parallel().forEach(change);
  }

  @Override
  public double[][] rows(List<double[]> result) {
    int count = shape.pooling() == Pooling.NONE ? tokens : counts.length;
    return layout.unpack(result, context.outputs(), count);
  }

  @Override
  public List<String> warnings() {
    return watch.warnings();
  }
}
