package io.cipherstream.transformer;

import java.util.Arrays;
import java.util.List;

/** The client's side of modes paper and compact. */
final class RoundsSide implements ClientSide {

  private final ModelContext context;
  private final int tokens;
  private final ClientSlots slots;
  private final ClientAttention attention;
  private final RangeWatch watch;

  RoundsSide(ModelContext context, int tokens) {
    this.context = context;
    this.tokens = tokens;
    this.slots = new ClientSlots(context, tokens);
    this.attention = new ClientAttention(context, tokens);
    this.watch = new RangeWatch(context.scales()::calibrated);
  }

  @Override
  public List<double[]> inputs(double[][] rows) {
    return slots.pack(rows, context.packing().hidden());
  }

  @Override
  public List<double[]> answer(Round round, List<double[]> down) {
    watch.see(round, down);
    return switch (round.operation()) {
      case KERNEL -> attention.kernel(down);
      case HINGES -> attention.hinges(down);
      case RECIPROCAL -> attention.reciprocals(down);
      case REFRESH -> slots.restore(down);
      case ACTIVATION -> slots.activate(down);
      case POOL -> slots.pool(down);
      case TANH, RELU, GELU -> slots.pooler(down);
      case ATTENTION, NORMALIZE ->
          throw new IllegalStateException(
              "round " + round.operation().label() + " is mode hybrid's");
    };
  }

  /** Rows without a token are ignored. */
  @Override
  public double[][] rows(List<double[]> result) {
    return Arrays.copyOf(
        slots.unpack(result, context.packing().outputs()), context.shape().outputRows(tokens));
  }

  @Override
  public List<String> warnings() {
    return watch.warnings();
  }
}
