package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.Head;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.workflow.convert.Miniature;
import io.cipherstream.workflow.hinge.HingeFit;
import io.cipherstream.workflow.hinge.HingeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
    Parameters start = SealedStart.of(model, sizes, all, features(), texts(), seed);
    double[][] found = Predictor.sealed(start, AA, all).run(texts);
    PlaintextTransformer plain = new PlaintextTransformer(model.encoder(), model.embeddings());
    for (int i = 0; i < found.length; i++) {
      double[] expected = plain.run(texts.get(i).ids());
      double size = Math.max(1, Math.max(Math.abs(expected[0]), Math.abs(expected[1])));
      assertThat(largest(found[i], expected) / size).as("seed %d", seed).isLessThan(1e-4);
    }
  }

  @Test
  void aModelOfTheXKeepsItsWeightsAndGetsQuadraticsAndPowers() {
    ImportedModel model = model(Activation.RELU, AttentionKind.THEX);
    Parameters start = SealedStart.of(model, sizes, all, features(), texts(), seed);
    List<StartFunction> functions = List.of(StartFunction.of(null, 2), StartFunction.of(null, 2));
    Set<String> names =
        new HashSet<>(SealedParameters.random(AA, functions, sizes, seed).tensors().keySet());
    names.add(Parameters.PROJECTION);
    assertThat(start.tensors().keySet()).isEqualTo(names);
    for (int layer = 0; layer < sizes.layers(); layer++) {
      String own = "sealed.layer." + layer + ".";
      assertThat(Torch.array(start.get(own + "activation.square")))
          .hasSize(sizes.ffnWidth())
          .containsOnly(0.15f);
      assertThat(Torch.array(start.get(own + "activation.linear"))).containsOnly(0.5f);
      assertThat(Torch.array(start.get(own + "activation.constant"))).containsExactly(0);
      assertThat(Torch.array(start.get(own + "attention.scale"))).containsOnly(0.3f);
      assertThat(Torch.array(start.get(own + "attention.offset"))).containsOnly(1);
      DenseLayer second = model.encoder().layers().get(layer).output();
      String matrix = "bert.encoder.layer." + layer + ".output.dense";
      assertThat(Torch.array(start.get(matrix + ".weight"))).containsExactly(second.weight());
      float[] bias = Torch.array(start.get(matrix + ".bias"));
      for (int j = 0; j < bias.length; j++) {
        int row = j * sizes.ffnWidth();
        double sum =
            IntStream.range(row, row + sizes.ffnWidth()).mapToDouble(k -> second.weight()[k]).sum();
        assertThat((double) bias[j])
            .as("seed %d", seed)
            .isCloseTo(second.bias()[j] + 0.2 * sum, within(1e-4));
      }
    }
  }

  /** Twice as many features as columns, so that not every table is a projection of them. */
  private FloatTable features() {
    Random random = new Random(seed + 1);
    int columns = 2 * sizes.width();
    float[] values = new float[all.size() * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return FloatTable.rounded(all.size(), columns, values);
  }

  /** A change of any entry of P makes the weighted sum of squares larger. */
  @Test
  void wordsBecomeTheNearestProjectionOfTheFeatures() {
    FloatTable features = features();
    List<Example> texts = texts();
    ImportedModel model = model(Activation.RELU, AttentionKind.THEX);
    Parameters source = ModelWeights.read(model.encoder(), model.embeddings(), all, sizes, seed);
    Parameters start = SealedStart.of(model, sizes, all, features, texts, seed);
    float[] words = Torch.array(source.get(Parameters.WORDS));
    float[] projection = Torch.array(start.get(Parameters.PROJECTION));
    double least = squares(features, words, projection, texts);
    Random random = new Random(seed);
    for (int trial = 0; trial < 20; trial++) {
      int entry = random.nextInt(projection.length);
      float before = projection[entry];
      for (float step : new float[] {-0.01f, 0.01f}) {
        projection[entry] = before + step;
        assertThat(squares(features, words, projection, texts))
            .as("seed %d", seed)
            .isGreaterThan(least);
      }
      projection[entry] = before;
    }
  }

  private double squares(FloatTable f, float[] words, float[] p, List<Example> texts) {
    int[] counts = new int[f.rows()];
    texts.forEach(e -> Arrays.stream(e.ids()).forEach(id -> counts[id]++));
    float[] features = f.toArray();
    double sum = 0;
    for (int i = 0; i < f.rows(); i++) {
      for (int j = 0; j < sizes.width(); j++) {
        double rest = -words[i * sizes.width() + j];
        for (int k = 0; k < f.columns(); k++) {
          rest += (double) p[j * f.columns() + k] * features[i * f.columns() + k];
        }
        sum += (counts[i] + 1) * rest * rest;
      }
    }
    return sum;
  }

  @Test
  void modelsThatAreNotConvertedAreRefused() {
    assertThatThrownBy(() -> SealedStart.of(exact, sizes, all, features(), texts(), seed))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("norm FULL")
        .hasMessageContaining("expected a converted model with affine norms");
  }
}
