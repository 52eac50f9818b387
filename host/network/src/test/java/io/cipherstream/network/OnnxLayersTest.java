package io.cipherstream.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelException;
import io.cipherstream.polynomial.ActivationModule;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Layers read from ONNX against ONNX Runtime, and the polynomials that take activations' place. */
@Tag("slow")
class OnnxLayersTest {

  private static final Path FILE = DigitsKan.resource("digits-cnn.onnx");

  private static double[] last(List<double[]> pass) {
    return pass.get(pass.size() - 1);
  }

  private static void sameAsRuntime(Path file, double[] question, long... sizes) throws Exception {
    float[] numbers = new float[question.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) question[i];
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor in = OnnxTensor.createTensor(environment, FloatBuffer.wrap(numbers), sizes);
        OrtSession.Result result =
            session.run(Map.of(session.getInputNames().iterator().next(), in))) {
      float[] expected = ((float[][]) result.get(0).getValue())[0];
      double[] own = last(OnnxLayers.read(file).pass(question));
      assertThat(own).hasSize(expected.length);
      for (int j = 0; j < expected.length; j++) {
        assertThat(own[j]).isCloseTo(expected[j], offset(1e-4 * (1 + Math.abs(expected[j]))));
      }
    }
  }

  @Test
  void aConvolutionalNetworkComputesWhatOnnxRuntimeDoes() throws Exception {
    LayerStack layers = OnnxLayers.read(FILE);
    assertThat(layers.input()).isEqualTo(new ImageShape(1, 8, 8));
    assertThat(layers.activations()).containsExactly(ActivationModule.RELU, ActivationModule.RELU);
    assertThat(layers.maps().stream().map(AffineMap::outputs)).containsExactly(256, 32, 10);
    for (double[] question : DigitsKan.held().questions().subList(0, 5)) {
      sameAsRuntime(FILE, question, 1, 1, 8, 8);
    }
  }

  /** Strides, padding, groups, constants on either side, MatMul, Reshape, global pooling. */
  @Test
  void everyKindOfLayerComputesWhatOnnxRuntimeDoes() throws Exception {
    double[] question = DigitsKan.held().questions().get(7);
    sameAsRuntime(
        DigitsKan.resource("layers.onnx"), Arrays.copyOf(question, 2 * 5 * 6), 1, 2, 5, 6);
  }

  static ConvertedNetwork converted() {
    List<double[]> samples = NumberRows.read(DigitsKan.TRAINED_ON);
    return ActivationConversion.of(OnnxLayers.read(FILE), samples, 4);
  }

  private static int right(Network network, DigitsKan.Held held) {
    int right = 0;
    for (int q = 0; q < held.questions().size(); q++) {
      double[] answer = Arrays.copyOf(network.outputs(held.questions().get(q)), 10);
      right += DigitsKan.largest(answer) == held.labels()[q] ? 1 : 0;
    }
    return right;
  }

  /** Half a point of 360 questions is less than two. */
  @Test
  void degreeFourIsWithinHalfAPointOfTheOriginal() {
    DigitsKan.Held held = DigitsKan.held();
    LayerStack layers = OnnxLayers.read(FILE);
    int before = 0;
    for (int q = 0; q < held.questions().size(); q++) {
      int own = DigitsKan.largest(last(layers.pass(held.questions().get(q))));
      before += own == held.labels()[q] ? 1 : 0;
    }
    System.out.printf("digits, ReLU itself: %d of 360%n", before);
    ConvertedNetwork four = converted();
    int after = right(four.network(), held);
    System.out.printf("digits, degree 4: %d of 360, %s%n", after, four.fits());
    assertThat(after).isGreaterThanOrEqualTo(before - 1);
    assertThat(four.network().shape().levels()).isEqualTo(7);
    assertThat(four.fits()).hasSize(2);
    assertThat(four.fits().get(0).module()).isEqualTo("relu");
    assertThat(four.fits().get(0).functions()).isEqualTo(256);
  }

  @Test
  void anotherModuleMayTakeAnActivationsPlace() {
    LayerStack layers = OnnxLayers.read(DigitsKan.resource("layers.onnx"));
    assertThat(layers.activations())
        .containsExactly(
            ActivationModule.SOFTPLUS, ActivationModule.TANH, ActivationModule.SIGMOID);
    List<ActivationModule> others =
        List.of(ActivationModule.RELU, ActivationModule.SILU, ActivationModule.ELU);
    List<double[]> samples =
        DigitsKan.held().questions().subList(0, 20).stream()
            .map(question -> Arrays.copyOf(question, 60))
            .toList();
    ConvertedNetwork converted = ActivationConversion.of(layers.with(others), samples, 2);
    assertThat(converted.fits().stream().map(FitReport::module))
        .containsExactly("relu", "silu", "elu");
    assertThat(converted.network().shape().levels()).isEqualTo(7);
  }

  @Test
  void withoutSamplesThereIsNoRange() {
    assertThatThrownBy(() -> ActivationConversion.of(OnnxLayers.read(FILE), List.of(), 4))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("--samples");
  }

  @Test
  void aLayerThatIsNotComputedIsNamed() {
    assertThatThrownBy(() -> OnnxLayers.read(DigitsKan.resource("maxpool.onnx")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("node 'largest' (MaxPool) is not computed on ciphertexts");
  }
}
