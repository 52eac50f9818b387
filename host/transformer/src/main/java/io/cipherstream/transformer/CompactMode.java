package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Mode COMPACT: the client computes the reciprocal of a blinded row sum. */
final class CompactMode extends KernelMode {

  private final RandomGenerator random;
  private @Nullable ReciprocalStep reciprocal;

  CompactMode(ModelContext context, RandomGenerator random) {
    super(context);
    this.random = random;
  }

  @Override
  public Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> rowSums, List<Ciphertext> more) {
    reciprocal = new ReciprocalStep(context(), random);
    CiphertextSpec answer = new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.RECIPROCAL);
    return new Question(
        ClientOperation.RECIPROCAL,
        reciprocal.blinded(ctx, rowSums),
        answer.times(context().headBlocks()));
  }

  @Override
  public List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received) {
    return Objects.requireNonNull(reciprocal).factors(ctx, received);
  }
}
