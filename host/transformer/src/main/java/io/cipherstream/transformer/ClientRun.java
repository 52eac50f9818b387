package io.cipherstream.transformer;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.PlaintextTransformer;
import java.util.ArrayList;
import java.util.List;

/**
 * The client's side of one inference in plain slot arithmetic: what to encrypt first, what to
 * answer in each round, and what the result says. Holds no key and sends nothing.
 *
 * <p>How many vectors come out and how long they are depends on the plan alone, never on the
 * values, so that the server sees the same behaviour whatever was decrypted. One thread at a time.
 */
public final class ClientRun {

  /** How far a decrypted value may exceed the largest one of calibration without a warning. */
  static final double WARNING_FACTOR = 8;

  private final InferencePlan plan;
  private final ModelContext context;
  private final ClientSlots slots;
  private final int[] tokenIds;
  private final EmbeddingTable embeddings;
  private final ClientAttention attention;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @throws IllegalArgumentException if the sentence does not fit the plan's token class
   */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, int[] tokenIds) {
    if (tokenIds.length < 1 || tokenIds.length > plan.tokenClass()) {
      throw new IllegalArgumentException(
          tokenIds.length + " tokens, expected 1 to " + plan.tokenClass());
    }
    this.plan = plan;
    this.context = plan.context();
    this.embeddings = embeddings;
    this.tokenIds = tokenIds.clone();
    this.slots = new ClientSlots(context, tokenIds.length);
    this.attention = new ClientAttention(context, tokenIds.length);
  }

  public InferencePlan plan() {
    return plan;
  }

  /** Slot vectors for {@link InferencePlan#inputs}. */
  public List<double[]> inputs() {
    return slots.pack(embeddings.embed(tokenIds), context.packing().hidden());
  }

  /** Slot vectors for {@code up} of a round, from the decrypted slots of its {@code down}. */
  public List<double[]> answer(int round, List<double[]> down) {
    Round spec = plan.rounds().get(round);
    if (down.size() != spec.down().size()) {
      throw new IllegalArgumentException(down.size() + " vectors, expected " + spec.down().size());
    }
    watch(spec, down);
    return switch (spec.operation()) {
      case SOFTMAX -> attention.softmax(down);
      case KERNEL -> attention.kernel(down);
      case HINGES -> attention.hinges(down);
      case RECIPROCAL -> attention.reciprocals(down);
      case NORMALIZE, REFRESH -> slots.restore(down);
      case ACTIVATION -> slots.activate(down);
      case POOL -> slots.pool(down);
      case TANH -> slots.tanh(down);
    };
  }

  /** Notes a decrypted value far beyond what calibration saw; the answer is sent all the same. */
  private void watch(Round spec, List<double[]> down) {
    double bound = WARNING_FACTOR * context.scales().calibrated(spec);
    double largest = 0;
    for (double[] vector : down) {
      for (double value : vector) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    if (!(largest <= bound)) {
      warnings.add(
          String.format(
              "layer %d, %s: a value of %.3g is beyond %.3g, %g times what calibration saw;"
                  + " the result may be wrong",
              spec.layer(), spec.operation().label(), largest, bound, WARNING_FACTOR));
    }
  }

  /** Logits, or the embedding of unit length. */
  public double[] finish(List<double[]> result) {
    double[] outputs = slots.unpack(result, context.packing().outputs())[0];
    for (double value : outputs) {
      if (!Double.isFinite(value)) {
        warnings.add("the result is not finite");
      }
    }
    return context.shape().classifies() ? outputs : PlaintextTransformer.unit(outputs);
  }

  /** What looked wrong on this side; for the user, never for the server. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
