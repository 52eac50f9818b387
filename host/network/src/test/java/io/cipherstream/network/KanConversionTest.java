package io.cipherstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.cipherstream.model.ModelException;
import io.cipherstream.model.SafetensorsFile;
import io.cipherstream.model.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of efficient-kan and pykan, and what becomes of them, against outputs that SciPy made. */
class KanConversionTest {

  @Test
  void anEfficientKanAnswersAsSciPySays() {
    List<KanLayer> layers = KanFile.read(DigitsKan.FILE);
    DigitsKan.Held held = DigitsKan.held();
    for (int q = 0; q < held.questions().size(); q++) {
      assertThat(run(layers, held.questions().get(q)))
          .as("question %d", q)
          .containsExactly(held.outputs().get(q), offset(1e-9));
    }
  }

  @Test
  void aPykanAnswersAsSciPySays() {
    Path file = DigitsKan.resource("pykan.safetensors");
    List<KanLayer> layers = KanFile.read(file);
    assertThat(layers).hasSize(2);
    try (SafetensorsFile expected =
        SafetensorsFile.open(DigitsKan.resource("pykan-expected.safetensors"))) {
      double[] questions = expected.read("questions").doubles();
      double[] outputs = expected.read("outputs").doubles();
      for (int q = 0; q < questions.length / 3; q++) {
        assertThat(run(layers, Arrays.copyOfRange(questions, 3 * q, 3 * q + 3)))
            .as("question %d", q)
            .containsExactly(Arrays.copyOfRange(outputs, 2 * q, 2 * q + 2), offset(1e-9));
      }
    }
  }

  private static double[] run(List<KanLayer> layers, double[] question) {
    double[] x = question;
    for (KanLayer layer : layers) {
      x = layer.outputs(x);
    }
    return x;
  }

  @Test
  void polynomialsAnswerAsTheSplinesDo() {
    DigitsKan.Held held = DigitsKan.held();
    ConvertedNetwork converted = DigitsKan.converted(15);
    Network network = converted.network();
    assertThat(network.shape().levels()).isEqualTo(6);
    assertThat(converted.fits().get(0).functions()).isEqualTo(160);
    assertThat(converted.fits().get(0).samples()).isEqualTo(200);
    int right = 0;
    int rightBefore = 0;
    double worst = 0;
    for (int q = 0; q < held.questions().size(); q++) {
      double[] own = network.outputs(held.questions().get(q));
      assertThat(Math.abs(own[10])).as("sentinel").isLessThanOrEqualTo(16);
      double[] answer = Arrays.copyOf(own, 10);
      for (int j = 0; j < 10; j++) {
        worst = Math.max(worst, Math.abs(answer[j] - held.outputs().get(q)[j]));
      }
      right += DigitsKan.largest(answer) == held.labels()[q] ? 1 : 0;
      rightBefore += DigitsKan.largest(held.outputs().get(q)) == held.labels()[q] ? 1 : 0;
    }
    System.out.printf(
        "digits: %s; on %d questions that were not trained on %d right, before %d; largest"
            + " difference %.4f%n",
        converted.fits().get(0), held.questions().size(), right, rightBefore, worst);
    assertThat(Math.abs(right - rightBefore)).isLessThanOrEqualTo(2);
    assertThat(worst).isLessThan(16 * converted.fits().get(0).largestError());
  }

  @Test
  void withoutSamplesARangeIsAllThatTheLayerBeforeReaches() {
    List<KanLayer> layers = KanFile.read(DigitsKan.resource("pykan.safetensors"));
    Network network = KanConversion.of(layers, List.of(), 15).network();
    for (double[] corner : List.of(new double[] {-1, -1, -1}, new double[] {1, -1, 0.999})) {
      double[] sentinel = network.outputs(corner);
      assertThat(Math.abs(sentinel[2])).isLessThanOrEqualTo(network.shape().sentinelMax());
    }
  }

  @Test
  void aSampleOutsideOfTheGridIsNamed() {
    List<KanLayer> layers = KanFile.read(DigitsKan.resource("pykan.safetensors"));
    assertThatThrownBy(
            () -> KanConversion.of(layers, List.of(new double[3], new double[] {0, 1.5, 0}), 15))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("sample 2 has 1.5 as number 2: the model takes -1.0 to 1.0");
  }

  @Test
  void tooManyLevelsAreRefused() {
    KanLayer layer = KanFile.read(DigitsKan.resource("pykan.safetensors")).get(0);
    KanLayer back =
        new KanLayer(
            Arrays.copyOf(repeated(layer.splines()[0]), 4),
            new double[3][4],
            filled(3, 4, layer.splines()[0].count()),
            new double[3]);
    assertThatThrownBy(() -> KanConversion.of(List.of(layer, back, layer, back), List.of(), 15))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("take 16 levels, the largest parameter set has 9");
  }

  private static SplineBasis[] repeated(SplineBasis basis) {
    SplineBasis[] all = new SplineBasis[4];
    Arrays.fill(all, basis);
    return all;
  }

  private static double[][][] filled(int outputs, int inputs, int count) {
    double[][][] all = new double[outputs][inputs][count];
    Arrays.stream(all).flatMap(Arrays::stream).forEach(row -> Arrays.fill(row, 0.5));
    return all;
  }

  @Test
  void whatIsNotComputedIsNamed(@TempDir Path folder) {
    Path symbolic = folder.resolve("symbolic.safetensors");
    pykan(new double[] {1}, 1).write(symbolic);
    assertThatThrownBy(() -> KanFile.read(symbolic))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("symbolic_fun.0.mask is not 0");
    Path multiplying = folder.resolve("multiplying.safetensors");
    pykan(new double[] {0}, 2).write(multiplying);
    assertThatThrownBy(() -> KanFile.read(multiplying))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("subnode_scale_0 has 2 numbers for 1 outputs");
  }

  private static SafetensorsWriter pykan(double[] symbolic, int subnodes) {
    double[] ones = new double[subnodes];
    Arrays.fill(ones, 1);
    return new SafetensorsWriter()
        .addDoubles("act_fun.0.grid", new double[] {-3, -2, -1, 0, 1, 2, 3, 4}, 1, 8)
        .addDoubles("act_fun.0.coef", new double[] {1, 2, 3, 4}, 1, 1, 4)
        .addDoubles("act_fun.0.scale_base", new double[] {1}, 1, 1)
        .addDoubles("act_fun.0.scale_sp", new double[] {1}, 1, 1)
        .addDoubles("act_fun.0.mask", new double[] {1}, 1, 1)
        .addDoubles("symbolic_fun.0.mask", symbolic, 1, 1)
        .addDoubles("subnode_scale_0", ones, subnodes);
  }
}
