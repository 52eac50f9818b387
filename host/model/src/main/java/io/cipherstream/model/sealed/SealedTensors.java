package io.cipherstream.model.sealed;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.SafetensorsWriter;
import io.cipherstream.model.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The weights file of a sealed package: Hugging Face BERT names where BERT has such a tensor, and
 *
 * <ul>
 *   <li>{@code sealed.layer.i.window.weight} [8][width][width]: U₋₃ to U₃, U_m; {@code .bias}
 *   <li>{@code sealed.layer.i.attention.scale} and {@code .offset} [heads]
 *   <li>{@code sealed.layer.i.score.weight} [heads][width] and {@code .bias} [heads]
 *   <li>{@code sealed.layer.i.activation.square} and {@code .linear} [ffnWidth], {@code .constant}
 * </ul>
 *
 * <p>A layer with edges of degree d has no activation; its {@code output.dense} has d · ffnWidth
 * columns, degree by degree.
 */
final class SealedTensors {

  private SealedTensors() {}

  static void write(SealedEncoder encoder, Path file) {
    ModelShape shape = encoder.shape();
    SafetensorsWriter out =
        new SafetensorsWriter()
            .metadata("layers", Integer.toString(shape.layers()))
            .metadata("hidden", Integer.toString(shape.width()))
            .metadata("heads", Integer.toString(shape.heads()))
            .metadata("intermediate", Integer.toString(shape.ffnWidth()))
            .metadata("sealed", encoder.spec().text());
    for (int i = 0; i < encoder.layers().size(); i++) {
      SealedLayer layer = encoder.layers().get(i);
      write(out, bert(i), prefix(i), layer.mixing());
      out.add(bert(i) + "attention.output.LayerNorm", layer.norm());
      FeedForward network = layer.feedForward();
      if (network != null) {
        out.add(bert(i) + "intermediate.dense", network.intermediate());
        if (network.functions() instanceof NeuronQuadratics quadratics) {
          out.add(prefix(i) + "activation.square", quadratics.square(), shape.ffnWidth());
          out.add(prefix(i) + "activation.linear", quadratics.linear(), shape.ffnWidth());
          out.add(prefix(i) + "activation.constant", new float[] {quadratics.constant()}, 1);
        }
        out.add(bert(i) + "output.dense", network.output());
        out.add(bert(i) + "output.LayerNorm", network.norm());
      }
    }
    out.add("classifier", encoder.classifier()).write(file);
  }

  private static String bert(int layer) {
    return "bert.encoder.layer." + layer + ".";
  }

  private static String prefix(int layer) {
    return "sealed.layer." + layer + ".";
  }

  private static void write(SafetensorsWriter out, String bert, String own, Mixing mixing) {
    if (mixing instanceof WindowMixing window) {
      int width = window.mean().inputs();
      float[] all = new float[(WindowMixing.OFFSETS + 1) * width * width];
      for (int o = 0; o <= WindowMixing.OFFSETS; o++) {
        DenseLayer map = o == WindowMixing.OFFSETS ? window.mean() : window.offsets().get(o);
        System.arraycopy(map.weight(), 0, all, o * width * width, width * width);
      }
      out.add(own + "window.weight", all, WindowMixing.OFFSETS + 1, width, width);
      out.add(own + "window.bias", window.mean().bias(), width);
    } else if (mixing instanceof PooledAttention pooled) {
      out.add(own + "score", pooled.score());
      out.add(bert + "attention.self.value", pooled.value());
      out.add(bert + "attention.output.dense", pooled.output());
    } else if (mixing instanceof SelfAttention attention) {
      out.add(bert + "attention.self.query", attention.query());
      out.add(bert + "attention.self.key", attention.key());
      out.add(bert + "attention.self.value", attention.value());
      out.add(bert + "attention.output.dense", attention.output());
      out.add(own + "attention.scale", attention.scale(), attention.scale().length);
      out.add(own + "attention.offset", attention.offset(), attention.offset().length);
    }
  }

  /**
   * @throws ModelException of kind TENSOR_MISSING, SHAPE, VALUE or, for a tensor that no layer of
   *     the spec has, UNSUPPORTED
   */
  static SealedEncoder read(Path file, ModelShape shape, SealedSpec spec) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      Reader reader = new Reader(tensors, shape, new HashSet<>());
      List<SealedLayer> layers =
          IntStream.range(0, spec.layers()).mapToObj(i -> reader.layer(i, spec)).toList();
      SealedEncoder encoder =
          new SealedEncoder(
              shape, spec, layers, reader.dense("classifier", shape.outputs(), shape.width()));
      Set<String> unread = new HashSet<>(tensors.names());
      unread.removeAll(reader.read());
      if (!unread.isEmpty()) {
        throw new ModelException(
            ModelException.Kind.UNSUPPORTED,
            file.getFileName() + " has tensors that spec " + spec + " has not: " + unread);
      }
      return encoder;
    }
  }

  /**
   * @param read names that were asked for
   */
  private record Reader(TensorSource tensors, ModelShape shape, Set<String> read) {

    SealedLayer layer(int i, SealedSpec spec) {
      LayerLetter letter = spec.letter(i);
      Mixing mixing =
          letter == LayerLetter.C ? window(i) : letter.pools() ? pooled(i) : attention(i);
      return new SealedLayer(
          mixing,
          norm(bert(i) + "attention.output.LayerNorm"),
          letter == LayerLetter.Q ? null : network(i, functions(i, spec)));
    }

    private WindowMixing window(int i) {
      int width = shape.width();
      int size = width * width;
      float[] all = floats(prefix(i) + "window.weight", WindowMixing.OFFSETS + 1, width, width);
      List<DenseLayer> offsets = new ArrayList<>();
      for (int o = 0; o < WindowMixing.OFFSETS; o++) {
        float[] map = Arrays.copyOfRange(all, o * size, (o + 1) * size);
        offsets.add(new DenseLayer(width, width, map, new float[width]));
      }
      float[] mean = Arrays.copyOfRange(all, WindowMixing.OFFSETS * size, all.length);
      return new WindowMixing(
          offsets, new DenseLayer(width, width, mean, floats(prefix(i) + "window.bias", width)));
    }

    private PooledAttention pooled(int i) {
      return new PooledAttention(
          dense(prefix(i) + "score", shape.heads(), shape.width()),
          square(bert(i) + "attention.self.value"),
          square(bert(i) + "attention.output.dense"));
    }

    private SelfAttention attention(int i) {
      return new SelfAttention(
          square(bert(i) + "attention.self.query"),
          square(bert(i) + "attention.self.key"),
          square(bert(i) + "attention.self.value"),
          square(bert(i) + "attention.output.dense"),
          floats(prefix(i) + "attention.scale", shape.heads()),
          floats(prefix(i) + "attention.offset", shape.heads()));
    }

    private HiddenFunctions functions(int i, SealedSpec spec) {
      return spec.hasEdges()
          ? new EdgeFeatures(spec.degree(i))
          : new NeuronQuadratics(
              floats(prefix(i) + "activation.square", shape.ffnWidth()),
              floats(prefix(i) + "activation.linear", shape.ffnWidth()),
              floats(prefix(i) + "activation.constant", 1)[0]);
    }

    private FeedForward network(int i, HiddenFunctions functions) {
      return new FeedForward(
          dense(bert(i) + "intermediate.dense", shape.ffnWidth(), shape.width()),
          functions,
          dense(bert(i) + "output.dense", shape.width(), functions.count(shape.ffnWidth())),
          norm(bert(i) + "output.LayerNorm"));
    }

    private DenseLayer square(String name) {
      return dense(name, shape.width(), shape.width());
    }

    DenseLayer dense(String name, int outputs, int inputs) {
      return new DenseLayer(
          outputs,
          inputs,
          floats(name + ".weight", outputs, inputs),
          floats(name + ".bias", outputs));
    }

    private NormLayer norm(String name) {
      return new NormLayer(
          floats(name + ".weight", shape.width()), floats(name + ".bias", shape.width()));
    }

    private float[] floats(String name, int... sizes) {
      read.add(name);
      return tensors.read(name).expect(sizes).floats();
    }
  }
}
