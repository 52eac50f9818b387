package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.DenseLayer;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.EdgeFeatures;
import io.cipherstream.model.sealed.FeedForward;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedLayer;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed programs on plain slots against the pass layer by layer, and their sentinels. */
@Tag("slow")
class DeepProgramTest {

  private static final CkksParameters SET = CkksParameters.N16384_SEALED;

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** What the client reads of a text's answer. */
  private static double[] answer(
      SealedEncoder encoder, List<Sentinel> sentinels, double[][] x, double[] found) {
    List<InferencePlan> plans =
        InferencePlan.deep(encoder.shape(), encoder.spec(), sentinels, 1000, SET);
    return PlainRun.of(
            plans,
            x,
            evaluator ->
                ServerModel.encode(
                    MergedLayers.of(encoder),
                    plans,
                    evaluator,
                    ForkJoinPool.commonPool(),
                    ServerModel.bytesNeeded(plans)))
        .row(found);
  }

  private void agrees(String spec, ModelShape shape, int tokens) {
    SealedEncoder encoder = new RandomEncoder(shape, random).of(spec);
    double[][] x = RandomMerged.matrix(tokens, shape.width(), 1, random);
    List<Sentinel> sentinels = RandomEncoder.sentinels(encoder.spec());
    int outputs = MergedEncoder.differs(shape) ? 1 : shape.outputs();
    double[] found = new double[outputs + sentinels.size()];
    double[] row = answer(encoder, sentinels, x, found);
    double[] plain = new SealedPass(encoder).run(x);
    String what = String.format("seed %d, %s, %s, %d tokens", seed, spec, shape, tokens);
    assertThat(row).hasSize(plain.length);
    for (int j = 0; j < plain.length; j++) {
      double centre = outputs == 1 && plain.length == 2 ? (plain[0] + plain[1]) / 2 : 0;
      assertThat(row[j] + centre).as(what).isCloseTo(plain[j], within(1e-9));
    }
    RangeSurvey survey = RangeSurvey.of(encoder, x);
    for (int i = 0; i < sentinels.size(); i++) {
      assertThat(found[outputs + i])
          .as("%s, %s", what, sentinels.get(i))
          .isCloseTo(sentinels.get(i).value(survey), within(1e-9));
    }
  }

  @ParameterizedTest
  @CsvSource({"CS, 1", "CS, 29", "CP, 3", "CP, 61", "CA, 2", "CA, 40"})
  void aTextGivesWhatThePlainPassGives(String spec, int tokens) {
    agrees(spec, RandomMerged.shape(128, spec.equals("CP") ? 4 : 2, 200, 61, 1), tokens);
  }

  /** Edges of every degree that a spec has levels for, in one block of neurons and in two. */
  @ParameterizedTest
  @CsvSource({
    "CP-kan2, 100",
    "CP-kan4, 128",
    "CP-kan8, 200",
    "CS-kan2, 90",
    "CS-kan4, 64",
    "CS-kan8, 100",
    "CA-kan2, 200"
  })
  void edgesGiveWhatThePlainPassGives(String spec, int neurons) {
    agrees(spec, RandomMerged.shape(128, 2, neurons, 61, 1), 1 + random.nextInt(61));
    agrees(spec, RandomMerged.shape(60, 3, 77, 40, 4), 1 + random.nextInt(40));
  }

  /**
   * One neuron of 200 at twice its edges' interval, where T₈ is 18817: too few for the mean square
   * of all neurons, which another text of usual size has as well.
   */
  @Test
  void oneNeuronBeyondItsEdgesIsOutOfRange() {
    Random fixed = new Random(5);
    ModelShape shape = RandomMerged.shape(64, 2, 200, 61, 1);
    SealedEncoder encoder = new RandomEncoder(shape, fixed).of("CP-kan8");
    double[][] calm = RandomMerged.matrix(9, shape.width(), 1, fixed);
    double[][] loud = RandomMerged.matrix(9, shape.width(), 1, fixed);
    SealedEncoder tuned = withOneNeuron(encoder, calm, loud, 2 * EdgeFeatures.LIMIT);
    List<Sentinel> all = Sentinel.of(RangeSurvey.of(tuned, calm));
    List<Sentinel> ofNeurons =
        all.stream().filter(s -> s.quantity() != Quantity.MIDDLE_FEATURE).toList();
    assertThat(all).hasSize(ofNeurons.size() + 1);
    double[] found = new double[1 + all.size()];
    assertThat(answer(tuned, all, calm, found)).hasSize(2);
    assertThat(answer(tuned, ofNeurons, loud, new double[all.size()])).hasSize(2);
    assertThatThrownBy(() -> answer(tuned, all, loud, found))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("out-of-range: the mean square of the middle-feature of layer 2");
  }

  /**
   * The second layer's pre-activations of usual size, but of neuron 0, which is 0 for one text and
   * another number for the other one.
   */
  private static SealedEncoder withOneNeuron(
      SealedEncoder encoder, double[][] zero, double[][] other, double value) {
    SealedLayer second = encoder.layers().get(1);
    FeedForward network = Objects.requireNonNull(second.feedForward());
    DenseLayer a = network.intermediate();
    double[] from = residual(encoder, zero);
    double[] to = residual(encoder, other);
    double share = dot(to, from) / dot(from, from);
    double[] apart = new double[to.length];
    Arrays.setAll(apart, j -> to[j] - share * from[j]);
    float[] weight = a.weight().clone();
    float[] bias = a.bias().clone();
    for (int k = 0; k < weight.length; k++) {
      weight[k] *= 4;
    }
    for (int j = 0; j < apart.length; j++) {
      weight[j] = (float) (apart[j] * value / dot(apart, to));
    }
    bias[0] = 0;
    FeedForward tuned =
        new FeedForward(
            new DenseLayer(a.outputs(), a.inputs(), weight, bias),
            network.functions(),
            network.output(),
            network.norm());
    return new SealedEncoder(
        encoder.shape(),
        encoder.spec(),
        List.of(encoder.layers().get(0), new SealedLayer(second.mixing(), second.norm(), tuned)),
        encoder.classifier());
  }

  private static double[] residual(SealedEncoder encoder, double[][] text) {
    List<double[]> seen = new ArrayList<>();
    new SealedPass(encoder)
        .run(
            text,
            (layer, quantity, rows) -> {
              if (layer == 1 && quantity == Quantity.RESIDUAL) {
                seen.add(rows[0].clone());
              }
            });
    return seen.get(0);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"CS", "CP", "CA"})
  void aLongTextIsComputedInChunks(String spec) {
    agrees(spec, RandomMerged.shape(128, 2, 100, 64, 1), 62 + random.nextInt(3));
  }

  /**
   * Three heads of 20 do not share the halves of 64 positions evenly, a head of 40 fills a half.
   */
  @ParameterizedTest
  @ValueSource(strings = {"CS", "CP", "CA"})
  void oddSizesAndSeveralOutputs(String spec) {
    agrees(spec, RandomMerged.shape(60, 3, 77, 40, 4), 1 + random.nextInt(40));
    agrees(spec, RandomMerged.shape(40, 1, 30, 20, 3), 1 + random.nextInt(20));
  }

  @Test
  void aTextBeyondABoundIsOutOfRange() {
    SealedEncoder encoder =
        new RandomEncoder(RandomMerged.shape(16, 2, 20, 20, 1), random).of("CS");
    double[][] x = RandomMerged.matrix(7, 16, 1, random);
    RangeSurvey survey = RangeSurvey.of(encoder, x);
    double seen = survey.meanSquare(1, Quantity.SCORE);
    double[] found = new double[2];
    List<Sentinel> holds = List.of(new Sentinel(1, Quantity.SCORE, seen * 1.001));
    assertThat(answer(encoder, holds, x, found)).hasSize(2);
    List<Sentinel> breaks = List.of(new Sentinel(1, Quantity.SCORE, seen * 0.999));
    assertThatThrownBy(() -> answer(encoder, breaks, x, found))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("out-of-range: the mean square of the score of layer 2")
        .extracting(e -> ((ModelException) e).kind())
        .isEqualTo(ModelException.Kind.OUT_OF_RANGE);
  }

  @Test
  void whatFitsNoParameterSetIsRefused() {
    ModelShape shape = RandomMerged.shape(128, 2, 512, 64, 1);
    SealedSpec spec = SealedSpec.parse("CA");
    assertThatThrownBy(() -> InferencePlan.deep(shape, spec, List.of(), 10, CkksParameters.N16384))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9 data primes, a program of 9 levels takes 10");
    assertThatThrownBy(() -> InferencePlan.deep(shape, spec, List.of(), 1e9, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outputs of up to 1.00e+09");
    ModelShape wide = RandomMerged.shape(700, 7, 512, 64, 1);
    assertThatThrownBy(() -> InferencePlan.deep(wide, spec, List.of(), 10, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows of 700 features");
    List<Sentinel> values = List.of(new Sentinel(1, Quantity.VALUE, 1));
    assertThatThrownBy(() -> InferencePlan.deep(shape, spec, values, 10, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a sentinel for VALUE of layer 1");
    List<Sentinel> middle = List.of(new Sentinel(1, Quantity.MIDDLE_FEATURE, 1));
    assertThatThrownBy(() -> InferencePlan.deep(shape, spec, middle, 10, SET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a sentinel for MIDDLE_FEATURE of layer 1");
  }

  /** The largest model that was trained: its keys stay within what a client uploads once. */
  @Test
  void keysStandAtNoMoreLimbsThanTheyAreUsedAt() {
    ModelShape shape = RandomMerged.shape(128, 2, 512, 64, 1);
    List<InferencePlan> plans =
        InferencePlan.deep(shape, SealedSpec.parse("CS"), RandomEncoder.SENTINELS, 1e4, SET);
    assertThat(plans).extracting(InferencePlan::tokenClass).containsExactly(61, 116);
    KeyRequirements keys = KeyRequirements.of(plans);
    assertThat(keys.rotationLimbs().keySet().stream().filter(s -> keys.rotationLimbs().get(s) == 8))
        .containsExactly(-512, 1, 2, 3, 4, 5, 6, 7, 8, 256);
    assertThat(keys.rotationLimbs())
        .hasSize(23)
        .containsEntry(1040, 3)
        .containsEntry(-64, 6)
        .containsEntry(SET.conjugationStep(), 7);
    assertThat(keys.relinearizationLimbs()).isEqualTo(7);
    assertThat(keys.payloadBytes(SET)).isLessThan(107_000_000);
    assertThat(plans.get(0).digestHex()).isNotEqualTo(plans.get(1).digestHex());
  }
}
