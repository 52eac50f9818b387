package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the appliance's side in which the interactive modes differ: how scores become
 * weights whose rows sum to one, and what the client does with sums. One instance per inference,
 * one step at a time.
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

  /** The client's answer to scores: first T weights per block, block by block. */
  List<CiphertextSpec> answers();

  /**
   * Values with the limbs of weights.
   *
   * @param projected values as products have them
   */
  List<Ciphertext> values(StepContext ctx, List<Ciphertext> projected);

  /**
   * Requests the factors that make rows of weights sum to one; null if they already do.
   *
   * @param received the client's answer to scores
   */
  @Nullable Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> weights, List<Ciphertext> received);

  /**
   * Factors of the weighted values, one ciphertext per block.
   *
   * @param received the client's answer to {@link #normalise}
   */
  List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received);

  /** What the client does with the sum of a product and a residual. */
  ClientOperation restored();

  /** A round that a mode has more than others. */
  record Question(ClientOperation operation, List<Ciphertext> down, List<CiphertextSpec> up) {}
}
