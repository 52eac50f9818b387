package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.DenseLayer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A task that no CQ can learn, whatever its weights: does the noun behind "this" agree with the
 * verb behind "now"? Each text has both nouns and both verbs, the others behind "that" and "then",
 * more than a window apart.
 *
 * <p>Embeddings have no positions here. So the mean is the same for all texts, and a CQ's answer is
 * a sum of what single windows say: f(noun) + g(verb). Then the answers to the two texts that agree
 * sum to those to the two that do not, and at most three of the four can be on the right side of
 * any threshold. The other specs square after they have pooled.
 */
class DistantMatchTest {

  private static final List<String> GAP = List.of("a", "b", "c", "d", "e");
  private static final int TEXTS = 4;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Map<String, double[]> words =
      Stream.of("[CLS]", "this", "that", "now", "then", "key", "keys", "is", "are")
          .collect(Collectors.toMap(Function.identity(), w -> vector()));

  private double[] vector() {
    return random.doubles(RandomSealed.WIDTH).map(v -> 4 * random.nextGaussian()).toArray();
  }

  /** Text 0 has a singular noun and a plural verb, 1 and 2 agree, 3 is the reverse of 0. */
  private double[][] text(int index) {
    boolean plural = index >= 2;
    boolean are = index % 2 == 0;
    return Stream.of(
            Stream.of("[CLS]"),
            GAP.stream(),
            Stream.of("this", plural ? "keys" : "key"),
            GAP.stream(),
            Stream.of("that", plural ? "key" : "keys"),
            GAP.stream(),
            Stream.of("now", are ? "are" : "is"),
            GAP.stream(),
            Stream.of("then", are ? "is" : "are"))
        .flatMap(s -> s)
        .map(word -> words.computeIfAbsent(word, w -> vector()))
        .toArray(double[][]::new);
  }

  /** What the classifier of an encoder with random weights reads of the four texts. */
  private double[][] read(String spec) {
    int width = RandomSealed.WIDTH;
    SealedEncoder drawn = new RandomSealed(10, seed).encoder(spec, width);
    float[] one = new float[width * width];
    for (int i = 0; i < width; i++) {
      one[i * (width + 1)] = 1;
    }
    SealedPass pass =
        new SealedPass(
            new SealedEncoder(
                drawn.shape(),
                drawn.spec(),
                drawn.layers(),
                new DenseLayer(width, width, one, new float[width])));
    return IntStream.range(0, TEXTS).mapToObj(i -> pass.run(text(i))).toArray(double[][]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = "CQ")
  void aCqsAnswersToTextsThatAgreeSumToThoseThatDoNot(String spec) {
    double[][] z = read(spec);
    double apart = 0;
    for (int j = 0; j < z[0].length; j++) {
      assertThat(z[1][j] + z[2][j])
          .as("seed %d", seed)
          .isCloseTo(z[0][j] + z[3][j], within(1e-9 * Math.max(1, Math.abs(z[0][j]))));
      apart = Math.max(apart, Math.abs(z[0][j] - z[1][j]));
    }
    assertThat(apart).as("seed %d: it does see the verb", seed).isGreaterThan(1e-4);
  }

  /** A classifier that is right on all four texts: the one of least norm with answers ±1. */
  @ParameterizedTest
  @ValueSource(strings = {"CP", "CS", "CA"})
  void theOthersHaveAClassifierThatTellsThemApart(String spec) {
    double[][] z = read(spec);
    double apart = 0;
    for (int j = 0; j < z[0].length; j++) {
      apart = Math.max(apart, Math.abs(z[1][j] + z[2][j] - z[0][j] - z[3][j]));
    }
    assertThat(apart).as("seed %d", seed).isGreaterThan(1e-5);
    double[] weights = new double[z[0].length];
    double[] answers = solve(z, new double[] {-1, 1, 1, -1});
    for (int i = 0; i < TEXTS; i++) {
      for (int j = 0; j < weights.length; j++) {
        weights[j] += answers[i] * z[i][j];
      }
    }
    for (int i = 0; i < TEXTS; i++) {
      double answer = 0;
      for (int j = 0; j < weights.length; j++) {
        answer += weights[j] * z[i][j];
      }
      assertThat(answer)
          .as("seed %d, text %d", seed, i)
          .isCloseTo(i == 1 || i == 2 ? 1 : -1, within(0.5));
    }
  }

  /** x of Z·Zᵀ·x = b, by elimination with pivots. */
  private static double[] solve(double[][] z, double[] b) {
    double[][] a = new double[TEXTS][TEXTS + 1];
    for (int i = 0; i < TEXTS; i++) {
      for (int k = 0; k < TEXTS; k++) {
        for (int j = 0; j < z[i].length; j++) {
          a[i][k] += z[i][j] * z[k][j];
        }
      }
      a[i][TEXTS] = b[i];
    }
    for (int c = 0; c < TEXTS; c++) {
      int pivot = c;
      for (int r = c + 1; r < TEXTS; r++) {
        pivot = Math.abs(a[r][c]) > Math.abs(a[pivot][c]) ? r : pivot;
      }
      double[] swap = a[c];
      a[c] = a[pivot];
      a[pivot] = swap;
      for (int r = 0; r < TEXTS; r++) {
        double factor = r == c ? 0 : a[r][c] / a[c][c];
        for (int k = c; factor != 0 && k <= TEXTS; k++) {
          a[r][k] -= factor * a[c][k];
        }
      }
    }
    double[] x = new double[TEXTS];
    for (int i = 0; i < TEXTS; i++) {
      x[i] = a[i][TEXTS] / a[i][i];
    }
    return x;
  }
}
