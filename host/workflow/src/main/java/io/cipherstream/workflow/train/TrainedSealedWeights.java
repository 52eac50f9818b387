package io.cipherstream.workflow.train;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.sealed.EdgeFeatures;
import io.cipherstream.model.sealed.FeedForward;
import io.cipherstream.model.sealed.HiddenFunctions;
import io.cipherstream.model.sealed.LayerLetter;
import io.cipherstream.model.sealed.Mixing;
import io.cipherstream.model.sealed.NeuronQuadratics;
import io.cipherstream.model.sealed.PooledAttention;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedLayer;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.SelfAttention;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Converts trained parameters to the appliance's half of a polynomial encoder. */
public final class TrainedSealedWeights {

  private TrainedSealedWeights() {}

  /**
   * The layers as they are, in float32; the client's half is {@link ModelWeights#embeddings}.
   *
   * @throws io.cipherstream.model.ModelException of kind SHAPE if the shape does not fit
   */
  public static SealedEncoder encoder(Parameters parameters, ModelShape shape, SealedSpec spec) {
    List<SealedLayer> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      layers.add(
          new SealedLayer(
              mixing(parameters, i, spec.letter(i)),
              norm(parameters, Parameters.layer(i) + "attention.output.LayerNorm"),
              spec.letter(i) == LayerLetter.Q ? null : network(parameters, i, spec)));
    }
    return new SealedEncoder(shape, spec, layers, dense(parameters, Parameters.CLASSIFIER));
  }

  private static Mixing mixing(Parameters parameters, int i, LayerLetter letter) {
    String at = Parameters.layer(i) + "attention.";
    String own = SealedParameters.prefix(i);
    if (letter == LayerLetter.C) {
      return window(parameters, own);
    }
    DenseLayer value = dense(parameters, at + "self.value");
    DenseLayer output = dense(parameters, at + "output.dense");
    return letter.pools()
        ? new PooledAttention(dense(parameters, own + "score"), value, output)
        : new SelfAttention(
            dense(parameters, at + "self.query"),
            dense(parameters, at + "self.key"),
            value,
            output,
            floats(parameters, own + "attention.scale"),
            floats(parameters, own + "attention.offset"));
  }

  private static WindowMixing window(Parameters parameters, String own) {
    float[] all = floats(parameters, own + "window.weight");
    float[] bias = floats(parameters, own + "window.bias");
    int width = bias.length;
    List<DenseLayer> offsets = new ArrayList<>();
    for (int o = 0; o < WindowMixing.OFFSETS; o++) {
      offsets.add(new DenseLayer(width, width, map(all, o, width), new float[width]));
    }
    float[] mean = map(all, WindowMixing.OFFSETS, width);
    return new WindowMixing(offsets, new DenseLayer(width, width, mean, bias));
  }

  private static float[] map(float[] all, int index, int width) {
    return Arrays.copyOfRange(all, index * width * width, (index + 1) * width * width);
  }

  private static HiddenFunctions functions(Parameters parameters, int i, SealedSpec spec) {
    String own = SealedParameters.prefix(i) + "activation.";
    return spec.hasEdges()
        ? new EdgeFeatures(spec.degree(i))
        : new NeuronQuadratics(
            floats(parameters, own + "square"),
            floats(parameters, own + "linear"),
            floats(parameters, own + "constant")[0]);
  }

  private static FeedForward network(Parameters parameters, int i, SealedSpec spec) {
    return new FeedForward(
        dense(parameters, Parameters.layer(i) + "intermediate.dense"),
        functions(parameters, i, spec),
        dense(parameters, Parameters.layer(i) + "output.dense"),
        norm(parameters, Parameters.layer(i) + "output.LayerNorm"));
  }

  private static DenseLayer dense(Parameters parameters, String at) {
    Tensor weight = parameters.get(at + ".weight");
    return new DenseLayer(
        (int) weight.size(0),
        (int) weight.size(1),
        Torch.array(weight),
        floats(parameters, at + ".bias"));
  }

  private static NormLayer norm(Parameters parameters, String at) {
    return new NormLayer(floats(parameters, at + ".weight"), floats(parameters, at + ".bias"));
  }

  private static float[] floats(Parameters parameters, String name) {
    return Torch.array(parameters.get(name));
  }
}
