package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The parts of the appliance's side in which paper and compact differ: how scores become weights
 * whose rows sum to one, and what the client does with sums. One instance per inference, one step
 * at a time.
 */
interface AttentionMode {

  /**
   * The mode of a context.
   *
   * @param random draws what blinds
   * @throws IllegalArgumentException for a mode that has no encrypted attention
   */
  static AttentionMode of(ModelContext context, EncodedModel model, RandomGenerator random) {
    return switch (context.mode()) {
      case PAPER -> new PaperMode(context, model);
      case COMPACT -> new CompactMode(context, random);
      case HYBRID, SEALED ->
          throw new IllegalArgumentException(
              "mode " + context.mode().label() + ": expected one of THE-X's, paper or compact");
    };
  }

  /** The client's answer to scores: first the packed weights, block by block. */
  List<CiphertextSpec> answers();

  /**
   * Requests the factors that make rows of weights sum to one.
   *
   * @param rowSums Σ_r w_r, one per block
   * @param more the rest of the client's answer to scores, after the weights
   */
  Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> rowSums, List<Ciphertext> more);

  /**
   * Factors of the weighted values, one ciphertext per block.
   *
   * @param received the client's answer to {@link #normalise}
   */
  List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received);

  /** The round in which the client helps with that. */
  record Question(ClientOperation operation, List<Ciphertext> down, List<CiphertextSpec> up) {}
}
