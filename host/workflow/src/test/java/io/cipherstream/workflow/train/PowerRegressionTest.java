package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** a and b against Commons Math's regression, one text at a time, without padding. */
@Tag("training")
class PowerRegressionTest {

  private static final int VOCABULARY = 40;

  @Test
  void everyLayerIsTheLeastSquaresLine() {
    long seed = new Random().nextLong();
    System.out.println("power regression seed " + seed);
    Random random = new Random(seed);
    Architecture sizes = new Architecture(2, 6, 2, 10, 20, VOCABULARY, 2, Pooling.MEAN, 2, 1e-6);
    Parameters parameters = Parameters.random(sizes, random.nextLong());
    List<Example> examples = RandomEncoders.examples(random, 30, sizes, VOCABULARY);
    VocabularyMap vocabulary = VocabularyMap.all(VOCABULARY);
    List<SimpleRegression> lines = List.of(new SimpleRegression(), new SimpleRegression());
    for (int e = 0; e < examples.size(); e++) {
      try (PointerScope scope = new PointerScope()) {
        Trace trace = Trace.attention();
        new Forward(parameters, Kinds.EXACT)
            .run(Batch.of(examples, new int[] {e}, vocabulary), trace);
        for (int i = 0; i < 2; i++) {
          double[] scores = Torch.doubleArray(trace.scores().get(i));
          double[] weights = Torch.doubleArray(trace.attentionWeights().get(i));
          for (int k = 0; k < scores.length; k++) {
            lines.get(i).addData(scores[k], Math.sqrt(examples.get(e).length() * weights[k]));
          }
        }
      }
    }
    PowerRegression.fit(parameters, Kinds.EXACT, examples, vocabulary, s -> {});
    for (int i = 0; i < 2; i++) {
      String at = Parameters.power(i);
      assertThat((double) Torch.array(parameters.get(at + "scale"))[0])
          .as("seed %d layer %d", seed, i)
          .isCloseTo(lines.get(i).getSlope(), within(1e-3));
      assertThat((double) Torch.array(parameters.get(at + "offset"))[0])
          .as("seed %d layer %d", seed, i)
          .isCloseTo(lines.get(i).getIntercept(), within(1e-3));
    }
  }
}
