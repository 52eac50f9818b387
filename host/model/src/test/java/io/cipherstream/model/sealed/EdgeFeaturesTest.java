package io.cipherstream.model.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.NormLayer;
import io.cipherstream.polynomial.ActivationModule;
import io.cipherstream.polynomial.ChebyshevSeries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Features of edges against series and cosines. */
class EdgeFeaturesTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void featuresAreCosinesDegreeByDegree(int degree) {
    double[] angles = {0.3, 1.1, 2.9};
    double[] h = new double[angles.length];
    for (int i = 0; i < h.length; i++) {
      h[i] = EdgeFeatures.LIMIT * Math.cos(angles[i]);
    }
    double[] features = new EdgeFeatures(degree).of(h);
    assertThat(features).hasSize(degree * h.length);
    for (int n = 1; n <= degree; n++) {
      for (int i = 0; i < h.length; i++) {
        assertThat(features[(n - 1) * h.length + i])
            .isCloseTo(Math.cos(n * angles[i]), within(1e-12));
      }
    }
  }

  /** Two edges of one neuron with functions that no factor makes of each other. */
  @Test
  void eachEdgeHasAFunctionOfItsOwn() {
    ChebyshevSeries softplus =
        ChebyshevSeries.of(ActivationModule.SOFTPLUS, EdgeFeatures.DOMAIN, 8);
    ChebyshevSeries tanh = ChebyshevSeries.of(ActivationModule.TANH, EdgeFeatures.DOMAIN, 8);
    float[] rows = new float[16];
    for (int n = 1; n <= 8; n++) {
      rows[n - 1] = (float) softplus.coefficients()[n];
      rows[8 + n - 1] = (float) tanh.coefficients()[n];
    }
    DenseLayer edges =
        new DenseLayer(
            2,
            8,
            rows,
            new float[] {(float) softplus.coefficients()[0], (float) tanh.coefficients()[0]});
    double[][] found = edges.apply(new double[][] {new EdgeFeatures(8).of(new double[] {1.7})});
    assertThat(found[0][0]).isCloseTo(softplus.applyAsDouble(1.7), within(1e-5));
    assertThat(found[0][1]).isCloseTo(tanh.applyAsDouble(1.7), within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 0, 1, 3, 16})
  void otherDegreesAreRefused(int degree) {
    assertThatThrownBy(() -> new EdgeFeatures(degree))
        .isInstanceOf(ModelException.class)
        .hasMessage("edges of degree " + degree + ": expected 2, 4 or 8");
  }

  @Test
  void aSecondMatrixHasAColumnForEachFeature() {
    DenseLayer first = new DenseLayer(3, 2, new float[6], new float[3]);
    DenseLayer second = new DenseLayer(2, 3, new float[6], new float[2]);
    NormLayer norm = new NormLayer(new float[2], new float[2]);
    assertThatThrownBy(() -> new FeedForward(first, new EdgeFeatures(4), second, norm))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("12 functions of 3 neurons and a second matrix of 3 columns");
  }
}
