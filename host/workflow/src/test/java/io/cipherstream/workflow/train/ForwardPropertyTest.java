package io.cipherstream.workflow.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.PlaintextTransformer;
import io.cipherstream.model.Pooling;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The differentiable forward pass against host/model's, which shares no code with it. */
@Tag("training")
class ForwardPropertyTest {

  private static final int VOCABULARY = 50;
  private static final int ROUNDS = 60;

  @Test
  void allKindsAndPoolingsEqualThePlaintextTransformer() {
    long seed = new Random().nextLong();
    System.out.println("forward seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Pooling pooling = Pooling.values()[round % Pooling.values().length];
      Kinds kinds = RandomEncoders.kinds(random);
      Architecture whole = RandomEncoders.architecture(random, pooling, VOCABULARY);
      List<Example> examples = RandomEncoders.examples(random, 5, whole, VOCABULARY);
      VocabularyMap vocabulary = VocabularyMap.of(List.of(examples), VOCABULARY);
      Parameters all = RandomEncoders.parameters(whole, kinds, random.nextLong());
      EncoderWeights encoder =
          ModelWeights.encoder(all, RandomEncoders.shape(whole, kinds, VOCABULARY));
      VocabularyMap identity =
          VocabularyMap.of(
              List.of(
                  List.of(
                      Example.of(java.util.stream.IntStream.range(0, VOCABULARY).toArray(), 0))),
              VOCABULARY);
      EmbeddingTable tables =
          ModelWeights.embeddings(all, zeros(whole, VOCABULARY).words(), identity);
      Architecture small = RandomEncoders.withVocabulary(whole, vocabulary.size());
      Parameters used = ModelWeights.read(encoder, tables, vocabulary, small, 1);
      PlaintextTransformer reference = new PlaintextTransformer(encoder, tables);
      double[][] exact = Predictor.reference(used, kinds, vocabulary, examples);
      double[][] batched = new Predictor(used, kinds, vocabulary, Precision.FLOAT32).run(examples);
      for (int i = 0; i < examples.size(); i++) {
        Example example = examples.get(i);
        double[][] rows = reference.runRows(example.ids(), example.segments());
        assertThat(exact[i])
            .as("seed %d round %d", seed, round)
            .hasSize(rows.length * rows[0].length);
        for (int k = 0; k < exact[i].length; k++) {
          double expected = rows[k / rows[0].length][k % rows[0].length];
          String what = String.format("seed %d round %d %s %s", seed, round, kinds, whole);
          double size = 1 + Math.abs(expected);
          assertThat(exact[i][k]).as(what).isCloseTo(expected, within(1e-10 * size));
          assertThat(batched[i][k]).as(what).isCloseTo(expected, within(2e-4 * size));
        }
      }
    }
  }

  private static EmbeddingTable zeros(Architecture a, int vocabulary) {
    return new EmbeddingTable(
        RandomEncoders.zeros(vocabulary, a.width()),
        RandomEncoders.zeros(a.positions(), a.width()),
        RandomEncoders.zeros(2, a.width()),
        new io.cipherstream.model.NormLayer(new float[a.width()], new float[a.width()]),
        a.epsilon());
  }
}
