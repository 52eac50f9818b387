package io.cipherstream.transformer;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final TokenSequence tokens;
  private final EmbeddingTable embeddings;
  private final ClientAttention attention;
  private final List<String> warnings = new ArrayList<>();

  /** One text: all tokens in segment 0. */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, int[] tokenIds) {
    this(plan, embeddings, TokenSequence.of(tokenIds));
  }

  /**
   * @throws IllegalArgumentException if the tokens do not fit the plan's token class
   */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, TokenSequence tokens) {
    if (tokens.length() < 1 || tokens.length() > plan.tokenClass()) {
      throw new IllegalArgumentException(
          tokens.length() + " tokens, expected 1 to " + plan.tokenClass());
    }
    this.plan = plan;
    this.context = plan.context();
    this.embeddings = embeddings;
    this.tokens = new TokenSequence(tokens.ids().clone(), tokens.segments().clone());
    this.slots = new ClientSlots(context, tokens.length());
    this.attention = new ClientAttention(context, tokens.length());
  }

  public InferencePlan plan() {
    return plan;
  }

  /**
   * Slot vectors for {@link InferencePlan#inputs}.
   *
   * @throws io.cipherstream.model.ModelException as {@link EmbeddingTable#embed(int[], int[])}
   */
  public List<double[]> inputs() {
    return slots.pack(
        embeddings.embed(tokens.ids(), tokens.segments()), context.packing().hidden());
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

  /**
   * The output rows: logits, the value, or the embedding in one row; without pooling the logits of
   * each real token. What stands where there is no token is not looked at.
   *
   * @return [{@link ModelShape#outputRows}][{@link ModelShape#outputs}]
   */
  public double[][] finish(List<double[]> result) {
    ModelShape shape = context.shape();
    double[][] rows =
        Arrays.copyOf(
            slots.unpack(result, context.packing().outputs()), shape.outputRows(tokens.length()));
    if (Arrays.stream(rows).flatMapToDouble(Arrays::stream).anyMatch(v -> !Double.isFinite(v))) {
      warnings.add("the result is not finite");
    }
    return shape.head() == Head.EMBEDDING
        ? Arrays.stream(rows).map(PlaintextTransformer::unit).toArray(double[][]::new)
        : rows;
  }

  /** What looked wrong on this side; for the user, never for the server. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
