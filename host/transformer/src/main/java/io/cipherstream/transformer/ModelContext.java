package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Ranges;

/** The data that every step of one model, mode and token class uses; known to both sides. */
record ModelContext(
    ModelShape shape,
    InferenceMode mode,
    CkksParameters parameters,
    Packing packing,
    Scales scales) {

  static ModelContext of(
      ModelShape shape,
      Ranges ranges,
      InferenceMode mode,
      int tokenClass,
      CkksParameters parameters) {
    if (!InferenceMode.supportedBy(shape).contains(mode)) {
      throw new IllegalArgumentException(
          "mode '"
              + mode.label()
              + "' does not fit this model (attention "
              + shape.attention()
              + ", norm "
              + shape.norm()
              + "): expected one of "
              + InferenceMode.labels(InferenceMode.supportedBy(shape)));
    }
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

  int tokens() {
    return packing.tokens().tokens();
  }

  int features() {
    return packing.tokens().features();
  }
}
