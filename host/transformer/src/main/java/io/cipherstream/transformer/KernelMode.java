package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;

/**
 * The common part of PAPER and COMPACT: THE-X's ReLU kernel, whose rows do not sum to one, and
 * affine norms that are part of the weights, so that the client only refreshes sums.
 */
abstract class KernelMode implements AttentionMode {

  private final ModelContext context;

  KernelMode(ModelContext context) {
    this.context = context;
  }

  final ModelContext context() {
    return context;
  }

  @Override
  public List<CiphertextSpec> answers() {
    return new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.KERNEL)
        .times(context.headBlocks() * context.tokens());
  }

  @Override
  public final Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> weights, List<Ciphertext> received) {
    List<Ciphertext> rowSums = AttentionValues.rowSums(ctx, context.packing().tokens(), weights);
    return ofRowSums(ctx, layer, rowSums, received.subList(weights.size(), received.size()));
  }

  /**
   * Requests the reciprocals of row sums.
   *
   * @param rowSums Σ_r w_r, one per block
   * @param more the rest of the client's answer to scores, after the weights
   */
  abstract Question ofRowSums(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> rowSums, List<Ciphertext> more);
}
