package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.Head;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.Miniature;
import io.cipherstream.workflow.convert.StageName;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The start of an AA against the plaintext pass of the model that it begins as. */
@Tag("training")
class SealedStartTest {

  private static final SealedSpec AA = SealedSpec.parse("AA");

  private final long seed = new Random().nextLong();
  private final ImportedModel exact = Miniature.source(seed);
  private final VocabularyMap all = VocabularyMap.all(exact.embeddings().vocabulary());
  private final Architecture sizes =
      new Architecture(
          exact.encoder().shape().layers(),
          exact.encoder().shape().width(),
          exact.encoder().shape().heads(),
          exact.encoder().shape().ffnWidth(),
          exact.embeddings().positions(),
          all.size(),
          exact.embeddings().segments(),
          Pooling.CLS,
          2,
          exact.encoder().shape().layerNormEpsilon());

  @BeforeAll
  static void oneThread() {
    TrainingThreads.set(1);
  }

  /** A model of those kinds with random weights large enough to matter. */
  private ImportedModel model(Activation activation, AttentionKind attention) {
    System.out.println("seed " + seed);
    Parameters parameters =
        ModelWeights.read(exact.encoder(), exact.embeddings(), all, sizes, seed);
    torch.manual_seed(seed);
    parameters.each((name, t) -> t.add_(Torch.scaled(torch.randn(t.sizes()), 0.1)));
    boolean power = attention == AttentionKind.POWER;
    for (int i = 0; power && i < sizes.layers(); i++) {
      ModelWeights.power(parameters, i, 0.2 + 0.1 * i, 0.9);
    }
    if (!power) {
      parameters.setNormalizer(HingeFit.fit(HingeRange.DEFAULT).network());
    }
    ModelShape shape =
        new ModelShape(
            sizes.layers(),
            sizes.width(),
            sizes.heads(),
            sizes.ffnWidth(),
            sizes.positions(),
            sizes.vocabulary(),
            activation,
            attention,
            NormKind.AFFINE,
            Pooling.CLS,
            Head.CLASSES,
            List.of("no", "yes"),
            power ? 0 : HingeRange.DEFAULT.hinges(),
            Pooler.NONE,
            sizes.epsilon());
    return new ImportedModel(
        ModelWeights.encoder(parameters, shape),
        ModelWeights.embeddings(
            parameters, exact.embeddings().words(), VocabularyMap.all(sizes.vocabulary())),
        exact.tokenizer(),
        exact.source(),
        exact.licence(),
        exact.task());
  }

  private List<Example> texts() {
    Random random = new Random(seed);
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int length = 3 + random.nextInt(sizes.positions() - 3);
      int[] ids = random.ints(length, 0, sizes.vocabulary()).toArray();
      out.add(new Example(ids, new int[length], new double[] {0}));
    }
    return out;
  }

  private static double largest(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> Math.abs(a[j] - b[j])).max().orElseThrow();
  }

  @Test
  void aPolynomialModelBeginsAsItIs() {
    ImportedModel model = model(Activation.QUADRATIC, AttentionKind.POWER);
    List<Example> texts = texts();
    Parameters start = SealedStart.of(model, sizes, all, texts, seed, share -> {});
    double[][] found = Predictor.sealed(start, AA, all).run(texts);
    PlaintextTransformer plain = new PlaintextTransformer(model.encoder(), model.embeddings());
    for (int i = 0; i < found.length; i++) {
      double[] expected = plain.run(texts.get(i).ids());
      double size = Math.max(1, Math.max(Math.abs(expected[0]), Math.abs(expected[1])));
      assertThat(largest(found[i], expected) / size).as("seed %d", seed).isLessThan(1e-4);
    }
  }

  /** What a least-squares quadratic leaves of ReLU is orthogonal to 1, h and h². */
  @Test
  void everyReluBecomesItsQuadraticOfLeastSquares() {
    ImportedModel model = model(Activation.RELU, AttentionKind.THEX);
    List<Example> texts = texts();
    Parameters start = SealedStart.of(model, sizes, all, texts, seed, share -> {});
    assertThat(start.tensors().keySet())
        .isEqualTo(SealedParameters.random(AA, sizes, seed).tensors().keySet());
    int neurons = sizes.ffnWidth();
    double[][] h = preActivations(model, texts);
    float[] a = Torch.array(start.get("sealed.layer.0.activation.square"));
    float[] b = Torch.array(start.get("sealed.layer.0.activation.linear"));
    double[] constants = new double[neurons];
    for (int n = 0; n < neurons; n++) {
      double[] rest = new double[h.length];
      for (int t = 0; t < rest.length; t++) {
        rest[t] = Math.max(0, h[t][n]) - (a[n] * h[t][n] + b[n]) * h[t][n];
      }
      constants[n] = Arrays.stream(rest).average().orElseThrow();
      for (int power = 1; power <= 2; power++) {
        double dot = 0;
        double size = 0;
        for (int t = 0; t < rest.length; t++) {
          double x = Math.pow(h[t][n], power);
          dot += (rest[t] - constants[n]) * x;
          size += Math.abs(x) * (Math.abs(rest[t]) + Math.abs(x));
        }
        assertThat(Math.abs(dot) / size).as("neuron %d, seed %d", n, seed).isLessThan(1e-4);
      }
    }
    DenseLayer second = model.encoder().layers().get(0).output();
    float[] bias = Torch.array(start.get("bert.encoder.layer.0.output.dense.bias"));
    for (int j = 0; j < bias.length; j++) {
      double expected = second.bias()[j];
      double size = 1;
      for (int n = 0; n < neurons; n++) {
        expected += second.weight()[j * neurons + n] * constants[n];
        size += Math.abs(second.weight()[j * neurons + n] * constants[n]);
      }
      assertThat((bias[j] - expected) / size).as("seed %d", seed).isCloseTo(0, within(1e-4));
    }
  }

  /** What the first layer's ReLUs are applied to, a row per word piece. */
  private double[][] preActivations(ImportedModel model, List<Example> texts) {
    Parameters source = ModelWeights.read(model.encoder(), model.embeddings(), all, sizes, seed);
    List<double[]> rows = new ArrayList<>();
    TracedPass.over(
        new Forward(source, StageName.THEX.kinds()),
        texts,
        all,
        Trace::preActivations,
        (batch, trace) -> {
          double[] values = Torch.doubleArray(trace.keptPreActivations().get(0));
          double[] real = Torch.doubleArray(batch.mask());
          for (int t = 0; t < real.length; t++) {
            if (real[t] == 1) {
              rows.add(
                  Arrays.copyOfRange(values, t * sizes.ffnWidth(), (t + 1) * sizes.ffnWidth()));
            }
          }
        },
        share -> {});
    return rows.toArray(double[][]::new);
  }

  @Test
  void theQuadraticOfLeastSquares() {
    Random random = new Random(seed);
    double[] h = random.doubles(50, -2, 3).toArray();
    double[] sums = new double[8];
    for (double x : h) {
      double target = 0.3 * x * x - 0.7 * x + 0.1;
      for (int k = 0; k < 5; k++) {
        sums[k] += Math.pow(x, k);
        if (k < 3) {
          sums[5 + k] += target * Math.pow(x, k);
        }
      }
    }
    double[] found = Torch.doubleArray(ReluRegression.solved(Torch.doubles(sums, 8, 1)));
    assertThat(found[0]).as("seed %d", seed).isCloseTo(0.1, within(1e-5));
    assertThat(found[1]).isCloseTo(-0.7, within(1e-5));
    assertThat(found[2]).isCloseTo(0.3, within(1e-5));
    assertThat(Torch.doubleArray(ReluRegression.solved(Torch.doubles(new double[8], 8, 1))))
        .as("no text at all")
        .containsOnly(0);
  }

  @Test
  void modelsThatAreNotConvertedAreRefused() {
    assertThatThrownBy(() -> SealedStart.of(exact, sizes, all, texts(), seed, share -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("norm FULL")
        .hasMessageContaining("expected a converted model with affine norms");
  }
}
