package io.cipherstream.transformer;

import io.cipherstream.ckks.Ciphertext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Mode PAPER: the reciprocal of a row sum is THE-X's network T, whose ReLU the client computes. */
final class PaperMode extends KernelMode {

  private final EncodedModel model;

  PaperMode(ModelContext context, EncodedModel model) {
    super(context);
    this.model = model;
  }

  @Override
  public List<CiphertextSpec> answers() {
    List<CiphertextSpec> answers = new ArrayList<>(super.answers());
    answers.addAll(new CiphertextSpec(2, Scales.BLOCK_EXPONENT).times(context().headBlocks()));
    return answers;
  }

  private HingeStep hinges(EncodedLayer layer) {
    return new HingeStep(context(), model, Objects.requireNonNull(layer.hinges()));
  }

  @Override
  public Question normalise(
      StepContext ctx, EncodedLayer layer, List<Ciphertext> rowSums, List<Ciphertext> more) {
    List<Ciphertext> down = hinges(layer).preActivations(ctx, rowSums, more);
    CiphertextSpec hinge = new CiphertextSpec(Scales.ATTENTION_LIMBS, Scales.HINGE);
    return new Question(ClientOperation.HINGES, down, hinge.times(down.size()));
  }

  @Override
  public List<Ciphertext> factors(StepContext ctx, EncodedLayer layer, List<Ciphertext> received) {
    return hinges(layer).factors(ctx, received);
  }
}
