package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples of docs/packing.md are what the layouts give. */
class PackingPageTest {

  private static final double[][] W = {{1, 2, 0, 0}, {0, 1, 3, 0}, {0, 0, 1, 4}, {5, 0, 0, 1}};
  private static final int WIDTH = 128;
  private static final int FFN = 512;

  private static String page;

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("../../docs/packing.md"));
  }

  @Test
  void theProductOfTwoTokens() {
    TokenLayout tokens = new TokenLayout(2, 4);
    double[] x = new double[tokens.slots()];
    for (int t = 0; t < 2; t++) {
      for (int f = 0; f < 4; f++) {
        x[tokens.slot(t, f)] = 4 * t + f + 1;
      }
    }
    FeatureLayout dense = FeatureLayout.dense(4, 4);
    DiagonalStructure structure = new DiagonalStructure(dense, dense, 4);
    double[] a = half(structure, 0, x);
    double[] b = half(structure, 1, x);
    double[] y = rotated(b, -4);
    Arrays.setAll(y, i -> a[i] + y[i]);
    assertThat(page)
        .contains(line("x", x))
        .contains(line("rot(x, 1)", rotated(x, 1)))
        .contains(line("A", a))
        .contains(line("B", b))
        .contains(line("A + rot(B, −4)", y));
    for (int t = 0; t < 2; t++) {
      for (int i = 0; i < 4; i++) {
        double expected = 0;
        for (int j = 0; j < 4; j++) {
          expected += W[i][j] * x[tokens.slot(t, j)];
        }
        assertThat(y[tokens.slot(t, i)]).isEqualTo(expected);
      }
    }
  }

  private static double[] half(DiagonalStructure structure, int half, double[] x) {
    double[] sum = new double[x.length];
    int[] terms = structure.terms(0, half, 0);
    for (int baby = 0; baby < terms.length; baby++) {
      if (terms[baby] >= 0) {
        double[] row = structure.diagonal(terms[baby], (out, in) -> W[out][in]);
        double[] turned = rotated(x, baby);
        Arrays.setAll(sum, i -> sum[i] + row[i % row.length] * turned[i]);
      }
    }
    return sum;
  }

  private static double[] rotated(double[] x, int step) {
    double[] result = new double[x.length];
    Arrays.setAll(result, i -> x[Math.floorMod(i + step, x.length)]);
    return result;
  }

  private static String line(String name, double[] slots) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-15s", name));
    for (int i = 0; i < slots.length; i++) {
      line.append(i == 4 ? "  " : "")
          .append(String.format(Locale.ROOT, "%3d", Math.round(slots[i])));
    }
    return line.append('\n').toString();
  }

  @Test
  void theRotationsOfALayer() {
    int features = TokenLayout.of(16, CkksParameters.N8192).features();
    FeatureLayout hidden = FeatureLayout.dense(WIDTH, features);
    FeatureLayout ffn = FeatureLayout.dense(FFN, features);
    FeatureLayout heads = FeatureLayout.heads(2, WIDTH / 2, features);
    int shared = DiagonalStructure.bestBabySteps(3 * heads.blocks(), hidden.blocks(), features);
    int all =
        row("attention output", best(hidden, heads), 1)
            + row("first FFN matrix, 2 output blocks", best(ffn, hidden), 2)
            + row("second FFN matrix, 2 input blocks", best(hidden, ffn), 1);
    row("Q, K, V", new DiagonalStructure(heads, hidden, shared), 3);
    assertThat(page).contains("2 × (38 + 53 + 61) = " + 2 * all + " rotations");
  }

  private static DiagonalStructure best(FeatureLayout out, FeatureLayout in) {
    int babies = DiagonalStructure.bestBabySteps(out.blocks(), in.blocks(), in.features());
    return new DiagonalStructure(out, in, babies);
  }

  /** Finds a product's row on the page; its rotations. */
  private static int row(String name, DiagonalStructure structure, int times) {
    int babies = structure.in().blocks() * (structure.babySteps() - 1);
    int first = giants(structure, 0);
    int second = giants(structure, 1) + 1;
    int all = babies + times * (first + second);
    String giants = first + " + " + second;
    assertThat(page)
        .contains(
            String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %d |",
                name,
                structure.babySteps(),
                babies,
                times == 1 ? giants : times + " × (" + giants + ")",
                all));
    return all;
  }

  /** Giant rotations of one sum: from the last giant step that has a diagonal down to 0. */
  private static int giants(DiagonalStructure structure, int half) {
    int last = structure.giantSteps() - 1;
    while (Arrays.stream(structure.terms(0, half, last)).allMatch(i -> i < 0)) {
      last--;
    }
    return last;
  }

  @Test
  void thePlacesOfScores() {
    ScoreLayout scores = ScoreLayout.of(16, 64);
    for (int part = 0; part < 4; part++) {
      for (int group = 0; group < 4; group++) {
        int offset = scores.offset(part, group);
        assertThat(offset).isEqualTo(4 * part + group);
        assertThat(scores.position(offset)).isEqualTo(16 * part + group);
      }
    }
    assertThat(page)
        .contains("offset   0 … 3    4 … 7     8 … 11    12 … 15")
        .contains("position 0 … 3    16 … 19   32 … 35   48 … 51");
  }
}
