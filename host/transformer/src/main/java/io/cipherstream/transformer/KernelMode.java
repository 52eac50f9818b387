package io.cipherstream.transformer;

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
    return new CiphertextSpec(Scales.PACKED_LIMBS, context.scales().packedKernel())
        .times(context.headBlocks() * context.packing().weights().ciphertexts());
  }
}
