package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PositionBias;
import io.cipherstream.model.Ranges;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** The data that every step of one model, mode and token class uses; known to both sides. */
record ModelContext(
    ModelShape shape, InferenceMode mode, CkksParameters parameters, Packing packing, Scales scales)
    implements PlanContext {

  static ModelContext of(
      ModelShape shape,
      Ranges ranges,
      InferenceMode mode,
      int tokenClass,
      CkksParameters parameters) {
    mode.requireFor(shape);
    if (ranges.layers().size() != shape.layers()) {
      throw new IllegalArgumentException(
          "ranges for " + ranges.layers().size() + " layers, expected " + shape.layers());
    }
    if (parameters.dataLimbs() < Scales.ATTENTION_LIMBS) {
      throw new IllegalArgumentException(
          "parameter set " + parameters + " has too few primes for " + Scales.ATTENTION_LIMBS);
    }
    Scales scales = new Scales(parameters, ranges);
    scales.check(mode);
    return new ModelContext(
        shape, mode, parameters, Packing.of(shape, tokenClass, parameters), scales);
  }

  int headBlocks() {
    return packing.heads().blocks();
  }

  int hiddenBlocks() {
    return packing.hidden().blocks();
  }

  @Override
  public int tokens() {
    return packing.tokens().tokens();
  }

  @Override
  public int features() {
    return packing.tokens().features();
  }

  @Override
  public List<CiphertextSpec> inputs() {
    return EncoderProgram.inputs(this);
  }

  @Override
  public StepProgram traced(PlainSource shapes) {
    Parallel alone = new Parallel(ForkJoinPool.commonPool(), 1);
    return EncodedModel.encode(this, null, shapes, alone).start(this, new SplittableRandom(0));
  }

  @Override
  public ClientSide side(@Nullable PositionBias bias, int... tokenCounts) {
    return new RoundsSide(this, tokenCounts[0]);
  }
}
