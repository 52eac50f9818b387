package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an interactive mode does in its own way on the appliance: how scores become weights whose
 * rows sum to one, and what the client does with sums. One for each inference, one step at a time.
 */
interface AttentionMode {

  /**
   * The mode of a context.
   *
   * @param random draws what blinds
   * @throws IllegalArgumentException for a mode without rounds
   */
  static AttentionMode of(ModelContext context, EncodedModel model, RandomGenerator random) {
    return switch (context.mode()) {
      case ASSISTED -> new AssistedMode(context);
      case PAPER -> new PaperMode(context, model);
      case COMPACT -> new CompactMode(context, random);
      case SEALED ->
          throw new IllegalArgumentException(
              "mode sealed has no rounds: expected a mode that a client takes part in");
    };
  }

  /** What the client does with scores. */
  ClientOperation scored();

  /** What comes back for scores: first T weights a block, block by block. */
  List<CiphertextSpec> answers();

  /**
   * Values with the limbs of weights.
   *
   * @param projected values as products have them
   */
  List<Ciphertext> values(StepContext ctx, List<Ciphertext> projected);

  /**
   * Asks for what makes rows of weights sum to one; null if they do.
   *
   * @param received what came back for scores
   */
  @Nullable Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> weights, List<Ciphertext> received);

  /**
   * Factors of the weighted values, one ciphertext a block.
   *
   * @param received the client's answer to {@link #normalise}
   */
  List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received);

  /** What the client does with the sum of a product and a residual. */
  ClientOperation restored();

  /** A round that a mode has more than others. */
  record Question(ClientOperation operation, List<Ciphertext> down, List<CiphertextSpec> up) {}
}
