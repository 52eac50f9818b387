package io.cipherstream.transformer;

import io.cipherstream.ckks.PeriodicPlaintexts;

/** The encoded weights of one encoder layer in one token class. */
record EncodedLayer(
    EncodedLinear query,
    EncodedLinear key,
    EncodedLinear value,
    EncodedLinear attentionOutput,
    PeriodicPlaintexts attentionResidual,
    EncodedLinear intermediate,
    EncodedLinear ffnOutput,
    PeriodicPlaintexts ffnResidual,
    PeriodicPlaintexts scoreMasks,
    EncodedHinges hinges) {

  /** Weights of one layer in the form that the steps of a mode need. */
  static EncodedLayer encode(
      PlainSource source,
      Packing packing,
      Scales scales,
      InferenceMode mode,
      int layer,
      int hinges,
      LayerValues math) {
    int deep = Scales.ATTENTION_LIMBS;
    double in = Scales.ACTIVATION;
    DiagonalStructure input = packing.attentionInput();
    Scales.LinearScale o = scales.attentionOutput(layer, mode);
    Scales.LinearScale f1 = scales.intermediate(layer);
    Scales.LinearScale f2 = scales.ffnOutput(layer);
    return new EncodedLayer(
        EncodedLinear.encode(source, input, math.query(), deep, in, Scales.QUERY_WEIGHT),
        EncodedLinear.encode(source, input, math.key(), deep, in, Scales.KEY_WEIGHT),
        EncodedLinear.encode(source, input, math.value(), deep, in, Scales.VALUE_WEIGHT),
        linear(source, packing.attentionOutput(), math.attentionOutput(), o),
        EncodedLinear.features(
            source, packing.hidden(), math.attentionResidual(), o.limbs(), o.output() / in),
        linear(source, packing.intermediate(), math.intermediate(), f1),
        linear(source, packing.ffnOutput(), math.ffnOutput(), f2),
        EncodedLinear.features(
            source, packing.hidden(), math.ffnResidual(), f2.limbs(), f2.output() / f1.input()),
        scoreMasks(source, packing, scales, layer),
        EncodedHinges.encode(source, packing, scales, hinges, math.hinges()));
  }

  private static EncodedLinear linear(
      PlainSource source,
      DiagonalStructure structure,
      LayerValues.Folded values,
      Scales.LinearScale scale) {
    return EncodedLinear.encode(
        source, structure, values, scale.limbs(), scale.input(), scale.weight());
  }

  /** Mask p: 1 at position p of every part of every head. */
  private static PeriodicPlaintexts scoreMasks(
      PlainSource source, Packing packing, Scales scales, int layer) {
    int partWidth = packing.scores().partWidth();
    return source.encode(
        partWidth,
        position -> {
          double[] row = new double[packing.tokens().features()];
          for (int i = position; i < row.length; i += partWidth) {
            row[i] = 1;
          }
          return row;
        },
        Scales.SCORE_LIMBS,
        scales.scoreMask(layer));
  }
}
