package io.cipherstream.transformer;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The client's side of one inference, of one text or in mode hybrid of several, in plain slot
 * arithmetic: what to encrypt first, what to answer in each round, and what the result means. Holds
 * no key and sends nothing.
 *
 * <p>The number and length of its vectors depend only on the plan and never on the values, so that
 * the appliance sees the same behaviour whatever was decrypted. One thread at a time.
 */
public final class ClientRun {

  private final InferencePlan plan;
  private final ClientSide side;
  private final List<TokenSequence> texts;
  private final EmbeddingTable embeddings;
  private final List<String> warnings = new ArrayList<>();

  /** One text: all tokens in segment 0. */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, int[] tokenIds) {
    this(plan, embeddings, TokenSequence.of(tokenIds));
  }

  /**
   * @throws IllegalArgumentException if the tokens do not fit the plan's token class
   */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, TokenSequence tokens) {
    this(plan, embeddings, List.of(tokens));
  }

  /**
   * Several texts in one inference.
   *
   * @throws IllegalArgumentException if the plan does not {@link InferencePlan#holds hold} them
   */
  public ClientRun(InferencePlan plan, EmbeddingTable embeddings, List<TokenSequence> texts) {
    int[] counts = texts.stream().mapToInt(TokenSequence::length).toArray();
    int all = Arrays.stream(counts).sum();
    if (counts.length < 1 || Arrays.stream(counts).min().orElse(0) < 1 || all > plan.tokenClass()) {
      throw new IllegalArgumentException(all + " tokens, expected 1 to " + plan.tokenClass());
    }
    if (!plan.holds(counts)) {
      throw new IllegalArgumentException(
          counts.length
              + " texts in mode "
              + plan.mode().label()
              + ", of "
              + Arrays.toString(counts)
              + " tokens: an inference of class "
              + plan.tokenClass()
              + " does not hold them");
    }
    this.plan = plan;
    this.embeddings = embeddings;
    this.texts =
        texts.stream().map(t -> new TokenSequence(t.ids().clone(), t.segments().clone())).toList();
    this.side = plan.context().side(embeddings.positionBias(), counts);
  }

  public InferencePlan plan() {
    return plan;
  }

  /** How many texts share it. */
  public int texts() {
    return texts.size();
  }

  /**
   * Slot vectors for {@link InferencePlan#inputs}.
   *
   * @throws io.cipherstream.model.ModelException as {@link EmbeddingTable#embed(int[], int[])}
   */
  public List<double[]> inputs() {
    return side.inputs(
        texts.stream()
            .flatMap(t -> Arrays.stream(embeddings.embed(t.ids(), t.segments())))
            .toArray(double[][]::new));
  }

  /** Slot vectors for {@code up} of a round, from the decrypted slots of its {@code down}. */
  public List<double[]> answer(int round, List<double[]> down) {
    Round spec = plan.rounds().get(round);
    if (down.size() != spec.down().size()) {
      throw new IllegalArgumentException(down.size() + " vectors, expected " + spec.down().size());
    }
    return side.answer(spec, down);
  }

  /**
   * The output rows: logits, the value, or the embedding in one row; without pooling the logits of
   * each real token.
   *
   * @return [{@link ModelShape#outputRows}][{@link ModelShape#outputs}]
   */
  public double[][] finish(List<double[]> result) {
    return finishAll(result).get(0);
  }

  /** The output rows of each text, as {@link #finish} has those of the first. */
  public List<double[][]> finishAll(List<double[]> result) {
    double[][] rows = side.rows(result);
    List<double[][]> all = new ArrayList<>();
    int from = 0;
    for (TokenSequence text : texts) {
      int count = plan.shape().outputRows(text.length());
      all.add(finished(Arrays.copyOfRange(rows, from, from + count)));
      from += count;
    }
    return all;
  }

  private double[][] finished(double[][] rows) {
    if (Arrays.stream(rows).flatMapToDouble(Arrays::stream).anyMatch(v -> !Double.isFinite(v))) {
      warnings.add("the result is not finite");
    }
    return PlaintextTransformer.finished(plan.shape(), rows);
  }

  /** What looked wrong on this side; for the user, never for the appliance. */
  public List<String> warnings() {
    return Stream.concat(side.warnings().stream(), warnings.stream()).toList();
  }
}
