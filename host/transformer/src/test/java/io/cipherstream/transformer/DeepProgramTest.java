package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.util.List;
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
    List<Sentinel> sentinels = RandomEncoder.SENTINELS;
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
  @CsvSource({"CP-kan2, 100", "CP-kan4, 128", "CP-kan8, 200", "CS-kan8, 100", "CA-kan2, 200"})
  void edgesGiveWhatThePlainPassGives(String spec, int neurons) {
    agrees(spec, RandomMerged.shape(128, 2, neurons, 61, 1), 1 + random.nextInt(61));
    agrees(spec, RandomMerged.shape(60, 3, 77, 40, 4), 1 + random.nextInt(40));
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
