package io.cipherstream.model.sealed;

import io.cipherstream.model.ImportOptions;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.ModelImporter;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.PowerAttention;
import io.cipherstream.model.TokenSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A BERT of two layers whose nonlinear parts are squares, read as an AA. */
record TransformerStudent(SealedEncoder encoder, ImportedModel model) {

  static final String NAME = "sst2-tiny-polynomial";

  /** Reads it; the calling test is skipped when the models are absent. */
  static TransformerStudent read() {
    ImportedModel model =
        ModelImporter.importFrom(
            PrototypeModel.file("models", NAME + ".safetensors"), ImportOptions.named(NAME));
    ModelShape shape = model.encoder().shape();
    List<SealedLayer> layers =
        model.encoder().layers().stream().map(layer -> layer(layer, shape)).toList();
    return new TransformerStudent(
        new SealedEncoder(
            shape,
            SealedSpec.parse("AA"),
            layers,
            Objects.requireNonNull(model.encoder().classifier())),
        model);
  }

  private static SealedLayer layer(LayerWeights layer, ModelShape shape) {
    PowerAttention power = Objects.requireNonNull(layer.power());
    return new SealedLayer(
        new SelfAttention(
            layer.query(),
            layer.key(),
            layer.value(),
            layer.attentionOutput(),
            filled(shape.heads(), power.scale()),
            filled(shape.heads(), power.offset())),
        layer.attentionNorm(),
        new FeedForward(
            layer.intermediate(),
            new NeuronQuadratics(
                filled(shape.ffnWidth(), 0.125), filled(shape.ffnWidth(), 0.25), 0.5f),
            layer.output(),
            layer.outputNorm()));
  }

  private static float[] filled(int length, double value) {
    float[] out = new float[length];
    Arrays.fill(out, (float) value);
    return out;
  }

  /** Writes a package whose sentinels are calibrated on texts. */
  SealedPackage write(String name, List<int[]> texts, Path folder) {
    RangeSurvey seen = survey(texts);
    Random random = new Random(1);
    List<int[]> drawn = new ArrayList<>();
    List<int[]> repeated = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      int[] ids = texts.get(i % texts.size()).clone();
      int piece = 1000 + random.nextInt(20_000);
      int[] same = ids.clone();
      for (int t = 1; t < ids.length - 1; t++) {
        ids[t] = 1000 + random.nextInt(20_000);
        same[t] = piece;
      }
      drawn.add(ids);
      repeated.add(same);
    }
    RangeSurvey other = survey(drawn);
    RangeSurvey worst = survey(repeated);
    List<QuantityRange> ranges = new ArrayList<>();
    for (int layer = 0; layer <= SealedEncoder.LAYERS; layer++) {
      for (Quantity quantity : Quantity.values()) {
        if (seen.has(layer, quantity)) {
          ranges.add(
              new QuantityRange(
                  layer,
                  quantity,
                  seen.rms(layer, quantity),
                  seen.largest(layer, quantity),
                  other.largest(layer, quantity),
                  worst.largest(layer, quantity),
                  worst.largest(layer, quantity),
                  null));
        }
      }
    }
    SealedModel sealed =
        new SealedModel(
            encoder,
            model.embeddings(),
            model.tokenizer(),
            model.source(),
            model.licence(),
            model.task(),
            List.of("A polynomial transformer of two layers, read as an AA."));
    SealedManifest manifest = SealedManifest.of(encoder.spec(), ranges, null, Sentinel.of(seen));
    return SealedPackage.write(name, sealed, manifest, texts.size(), folder);
  }

  private RangeSurvey survey(List<int[]> texts) {
    List<TokenSequence> sequences = texts.stream().map(TokenSequence::of).toList();
    return RangeSurvey.of(encoder, model.embeddings(), sequences);
  }
}
