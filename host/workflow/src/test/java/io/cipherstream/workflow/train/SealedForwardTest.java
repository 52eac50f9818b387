package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.polynomial.ActivationModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pass that is trained against {@link SealedPass}, which shares no code with it. */
@Tag("training")
class SealedForwardTest {

  private static final int VOCABULARY = 30;
  private static final Architecture SIZES =
      new Architecture(2, 12, 3, 20, 11, VOCABULARY, 2, Pooling.CLS, 2, 1e-12);
  private static final VocabularyMap ALL = VocabularyMap.all(VOCABULARY);

  @BeforeAll
  static void oneThread() {
    TrainingThreads.set(1);
  }

  private static ModelShape shape() {
    return new ModelShape(
        2,
        SIZES.width(),
        SIZES.heads(),
        SIZES.ffnWidth(),
        SIZES.positions(),
        VOCABULARY,
        Activation.QUADRATIC,
        AttentionKind.POWER,
        NormKind.AFFINE,
        Pooling.CLS,
        List.of("no", "yes"),
        0,
        Pooler.NONE,
        SIZES.epsilon());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CQ", "CP", "CS", "CA", "AA", "AS", "AP", "AQ", "CQ-kan2", "CP-kan8", "CS-kan4"})
  void paddedBatchesEqualThePlainPass(String letters) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    SealedSpec spec = SealedSpec.parse(letters);
    ActivationModule module = spec.hasEdges() ? ActivationModule.SOFTPLUS : null;
    List<StartFunction> functions =
        List.of(StartFunction.of(module, spec.degree(0)), StartFunction.of(module, spec.degree(1)));
    Parameters parameters = SealedParameters.random(spec, functions, SIZES, seed);
    parameters.each((name, tensor) -> tensor.add_(Torch.scaled(torch.randn(tensor.sizes()), 0.05)));
    SealedEncoder encoder = TrainedSealedWeights.encoder(parameters, shape(), spec);
    float[] words = Torch.array(parameters.get(Parameters.WORDS));
    EmbeddingTable table =
        ModelWeights.embeddings(
            parameters, FloatTable.rounded(VOCABULARY, SIZES.width(), words), ALL);
    put(parameters, Parameters.WORDS, table.words());
    put(parameters, Parameters.POSITIONS, table.positionTable());
    put(parameters, Parameters.SEGMENTS, table.tokenTypes());
    putNorm(parameters, table);
    List<Example> texts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int[] ids = random.ints(1 + random.nextInt(11), 0, VOCABULARY).toArray();
      texts.add(new Example(ids, random.ints(ids.length, 0, 2).toArray(), new double[] {0}));
    }
    try (PointerScope scope = new PointerScope()) {
      SealedTrace trace = new SealedTrace();
      Tensor logits =
          new SealedForward(parameters.copy(torch.ScalarType.Double), spec)
              .run(Batch.of(texts, new int[] {0, 1, 2, 3, 4, 5}, ALL), trace);
      double[] found = Torch.doubleArray(logits);
      double[] excess = Torch.doubleArray(trace.excess(only(Quantity.ACTIVATION, 0.5)));
      for (int i = 0; i < texts.size(); i++) {
        double[][] x = table.embed(texts.get(i).ids(), texts.get(i).segments());
        double[] expected = new SealedPass(encoder).run(x);
        for (int j = 0; j < 2; j++) {
          double far =
              Math.abs(found[2 * i + j] - expected[j]) / Math.max(1, Math.abs(expected[j]));
          assertThat(far).as(letters + " text " + i).isLessThan(1e-9);
        }
        assertThat(excess[i] > 0)
            .isEqualTo(largest(RangeSurvey.of(encoder, x), Quantity.ACTIVATION) > 0.5);
      }
    }
  }

  private static double largest(RangeSurvey survey, Quantity quantity) {
    return Math.max(survey.largest(0, quantity), survey.largest(1, quantity));
  }

  private static RangeLimits only(Quantity quantity, double limit) {
    return new RangeLimits(Map.of(quantity, limit));
  }

  private static void put(Parameters parameters, String name, FloatTable table) {
    parameters.put(name, Torch.floats(table.toArray(), table.rows(), table.columns()));
  }

  private static void putNorm(Parameters parameters, EmbeddingTable table) {
    int width = table.width();
    parameters.put(
        Parameters.EMBEDDING_NORM + ".weight", Torch.floats(table.norm().gamma(), width));
    parameters.put(Parameters.EMBEDDING_NORM + ".bias", Torch.floats(table.norm().beta(), width));
  }
}
