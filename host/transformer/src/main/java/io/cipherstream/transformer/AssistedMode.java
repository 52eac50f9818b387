package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mode ASSISTED: the client computes softmax and LayerNorm, and the rows of its weights sum to one.
 */
final class AssistedMode implements AttentionMode {

  private final ModelContext context;

  AssistedMode(ModelContext context) {
    this.context = context;
  }

  @Override
  public ClientOperation scored() {
    return ClientOperation.SOFTMAX;
  }

  @Override
  public List<CiphertextSpec> answers() {
    double scale = context.scales().attentionWeight(InferenceMode.ASSISTED);
    return new CiphertextSpec(Scales.SCORE_LIMBS, scale)
        .times(context.headBlocks() * context.tokens());
  }

  @Override
  public List<Ciphertext> values(StepContext ctx, List<Ciphertext> projected) {
    return ctx.map(projected.size(), (s, i) -> s.rescale(projected.get(i)));
  }

  @Override
  public @Nullable Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> weights, List<Ciphertext> received) {
    return null;
  }

  @Override
  public List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received) {
    throw new IllegalStateException("mode assisted asks for no factors");
  }

  @Override
  public ClientOperation restored() {
    return ClientOperation.NORMALIZE;
  }
}
