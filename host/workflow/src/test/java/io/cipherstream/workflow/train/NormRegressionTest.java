package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ForwardObserver;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** γ and β against Commons Math's regression on what host/model's forward pass shows. */
@Tag("training")
class NormRegressionTest {

  private static final int VOCABULARY = 40;

  @Test
  void everyFeatureIsTheLeastSquaresLine() {
    long seed = new Random().nextLong();
    System.out.println("norm regression seed " + seed);
    Random random = new Random(seed);
    Architecture sizes = new Architecture(2, 6, 2, 10, 20, VOCABULARY, 2, Pooling.MEAN, 2, 1e-6);
    Parameters parameters = Parameters.random(sizes, random.nextLong());
    List<Example> examples = RandomEncoders.examples(random, 40, sizes, VOCABULARY);
    examples.add(Example.of(java.util.stream.IntStream.range(0, 20).toArray(), 0));
    examples.add(Example.of(java.util.stream.IntStream.range(20, 40).toArray(), 0));
    VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
    EmbeddingTable zeros =
        new EmbeddingTable(
            RandomEncoders.zeros(VOCABULARY, 6),
            RandomEncoders.zeros(20, 6),
            RandomEncoders.zeros(2, 6),
            new NormLayer(new float[6], new float[6]),
            1e-6);
    EmbeddingTable tables = ModelWeights.embeddings(parameters, zeros.words(), vocabulary);
    PlaintextTransformer plain =
        new PlaintextTransformer(
            ModelWeights.encoder(parameters, RandomEncoders.shape(sizes, Kinds.EXACT, VOCABULARY)),
            tables);
    List<SimpleRegression> lines = new ArrayList<>();
    for (int j = 0; j < 2 * 6; j++) {
      lines.add(new SimpleRegression());
    }
    for (Example example : examples) {
      plain.runRows(
          example.ids(),
          example.segments(),
          (layer, tensor, values) -> {
            int norm = tensor == ForwardObserver.Tensor.PRE_NORM_1 ? 0 : 1;
            if (layer == 0 && (norm == 0 || tensor == ForwardObserver.Tensor.PRE_NORM_2)) {
              for (double[] row : values) {
                double[] normal = row.clone();
                NormLayer.normalise(normal, 1e-6);
                for (int j = 0; j < 6; j++) {
                  lines.get(norm * 6 + j).addData(row[j], normal[j]);
                }
              }
            }
          });
    }
    List<Double> left = NormRegression.fit(parameters, Kinds.EXACT, examples, vocabulary, s -> {});
    assertThat(left).hasSize(4).allMatch(v -> v >= 0 && v < 1);
    String[] names = {"attention.output.LayerNorm", "output.LayerNorm"};
    for (int norm = 0; norm < 2; norm++) {
      float[] gamma = Torch.array(parameters.get(Parameters.layer(0) + names[norm] + ".weight"));
      float[] beta = Torch.array(parameters.get(Parameters.layer(0) + names[norm] + ".bias"));
      for (int j = 0; j < 6; j++) {
        SimpleRegression line = lines.get(norm * 6 + j);
        assertThat((double) gamma[j])
            .as("seed %d norm %d feature %d", seed, norm, j)
            .isCloseTo(line.getSlope(), within(0.02 * Math.abs(line.getSlope()) + 0.01));
        assertThat((double) beta[j]).isCloseTo(line.getIntercept(), within(0.02));
      }
    }
  }
}
