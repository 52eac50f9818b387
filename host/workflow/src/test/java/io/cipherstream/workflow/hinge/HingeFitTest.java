package io.cipherstream.workflow.hinge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.Activation;
import io.cipherstream.model.AttentionKind;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.FloatTable;
import io.cipherstream.model.HingeNetwork;
import io.cipherstream.model.ImportedModel;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.LayerWeights;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelSource;
import io.cipherstream.model.NormKind;
import io.cipherstream.model.NormLayer;
import io.cipherstream.model.Pooler;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Ranges;
import io.cipherstream.model.TokenizerOptions;
import io.cipherstream.model.WordPieces;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected values: scipy.optimize.nnls of SciPy 1.17.1 on the same grid, November 2026. */
class HingeFitTest {

  private static final double[] SCIPY_20 = {
    0,
    2.1755640448256868,
    1.2091737605971766,
    6.7435091703305450e-01,
    3.7577092350912633e-01,
    2.0943280244880971e-01,
    1.1672648554608145e-01,
    6.5053387002093774e-02,
    3.6256049539994256e-02,
    2.0206116319829985e-02,
    1.1261571905896613e-02,
    6.2764954869291732e-03,
    3.4979995476190811e-03,
    1.9495331493966617e-03,
    1.0865062658354089e-03,
    6.0554015634058252e-04,
    3.3753656944006378e-04,
    1.8799118887290463e-04,
    1.0505919053044895e-04,
    8.4514815160595963e-05
  };

  @TempDir private Path folder;

  @Test
  void twentyKnotsAreTwoAndAHalfPerCentOff() {
    HingeFit fit = HingeFit.fit(HingeRange.DEFAULT);
    System.out.printf("T: 20 knots, rms %.4f, largest %.4f%n", fit.rms(), fit.max());
    for (int j = 0; j < 20; j++) {
      assertThat(fit.network().coefficients()[j])
          .as("coefficient %d", j)
          .isCloseTo(SCIPY_20[j], within(1e-9 * Math.max(1, SCIPY_20[j])));
    }
    assertThat(fit.network().bias()).isCloseTo(4.7303860758502375e-05, within(1e-12));
    assertThat(fit.rms()).as("the-x.md: 2.5 % rms").isCloseTo(0.024963204453816452, within(1e-9));
    assertThat(fit.max()).isCloseTo(0.055571747655849046, within(1e-8));
  }

  @Test
  void knotsAndRangeMayDiffer() {
    HingeFit fit = HingeFit.fit(new HingeRange(5, 1, 100, 0.5, 200));
    assertThat(fit.network().coefficients())
        .containsExactly(
            new double[] {
              1.939221114901013,
              0.7386877991986447,
              0.22887661233302398,
              0.06961254093173644,
              0.02827416079739776
            },
            within(1e-9));
    assertThat(fit.network().bias()).isCloseTo(0.00677916238187336, within(1e-9));
    assertThat(fit.rms()).isCloseTo(0.10777716127129232, within(1e-9));
    assertThat(fit.max()).isCloseTo(0.3558324763746721, within(1e-8));
  }

  @Test
  void moreHingesAreCloserAndTStaysPositiveAndFalls() {
    double before = 1;
    for (int hinges : new int[] {8, 12, 16, 24, 32}) {
      HingeFit fit = HingeFit.fit(HingeRange.over(hinges, 0.3, 20_000));
      assertThat(fit.rms()).isLessThan(before);
      before = fit.rms();
      double last = Double.POSITIVE_INFINITY;
      for (double s : HingeFit.logarithmic(1e-3, 1e6, 500)) {
        double t = fit.network().evaluate(s);
        assertThat(t).as("T(%s)", s).isPositive().isLessThanOrEqualTo(last);
        last = t;
      }
    }
    assertThat(before).isCloseTo(0.009497424978143203, within(1e-9));
  }

  @Test
  void theErrorsOfAnotherNetworkAreMeasuredTheSameWay() {
    HingeNetwork constant = new HingeNetwork(new double[] {1}, new double[] {0}, 0.5);
    HingeFit fit = HingeFit.checked(constant, HingeRange.over(2, 1, 4));
    assertThat(fit.max()).as("4 · 0.5 − 1").isCloseTo(1, within(1e-12));
    assertThat(fit.rms()).isBetween(0.4, 0.6);
  }

  @Test
  void rangesThatCannotBe() {
    for (Runnable call :
        List.<Runnable>of(
            () -> HingeRange.over(1, 1, 2),
            () -> HingeRange.over(257, 1, 2),
            () -> HingeRange.over(5, 0, 2),
            () -> HingeRange.over(5, 2, 2),
            () -> HingeRange.over(5, 1, Double.POSITIVE_INFINITY),
            () -> new HingeRange(5, 1, 2, Double.NaN, 3))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }

  /** The package writes {@code thex.layer.i.T.…} without losing a bit. */
  @Test
  void aModelPackageKeepsTheNetwork() {
    HingeNetwork t = HingeFit.fit(HingeRange.DEFAULT).network();
    LayerRanges ones = new LayerRanges(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    ModelPackage written =
        ModelPackage.write(
            "tiny", tiny(t), new Ranges(List.of(ones), 1, 1), folder.resolve("tiny"));
    HingeNetwork read = ModelPackage.open(written.folder()).encoder().layers().get(0).normalizer();
    assertThat(read.knots()).containsExactly(t.knots());
    assertThat(read.coefficients()).containsExactly(t.coefficients());
    assertThat(read.bias()).isEqualTo(t.bias());
  }

  private static ImportedModel tiny(HingeNetwork t) {
    WordPieces pieces = new WordPieces(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"));
    ModelShape shape =
        new ModelShape(
            1,
            4,
            2,
            8,
            16,
            5,
            Activation.RELU,
            AttentionKind.THEX,
            NormKind.AFFINE,
            Pooling.CLS,
            List.of("no", "yes"),
            t.hinges(),
            Pooler.NONE,
            1e-12);
    LayerWeights layer =
        new LayerWeights(
            dense(4, 4),
            dense(4, 4),
            dense(4, 4),
            dense(4, 4),
            norm(),
            dense(8, 4),
            dense(4, 8),
            norm(),
            t,
            null);
    EmbeddingTable embeddings =
        new EmbeddingTable(table(5), table(16), table(2), norm(), shape.layerNormEpsilon());
    return new ImportedModel(
        new EncoderWeights(shape, List.of(layer), dense(2, 4)),
        embeddings,
        new BertTokenizer(pieces, TokenizerOptions.UNCASED, 16),
        new ModelSource("safetensors", "none", "0", null),
        "Apache-2.0");
  }

  private static DenseLayer dense(int outputs, int inputs) {
    return new DenseLayer(outputs, inputs, new float[outputs * inputs], new float[outputs]);
  }

  private static NormLayer norm() {
    return new NormLayer(new float[] {1, 1, 1, 1}, new float[4]);
  }

  private static FloatTable table(int rows) {
    return FloatTable.of(rows, 4, new float[rows * 4]);
  }
}
