package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedTransformer;
import io.cipherstream.model.sealed.Quantity;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.SealedSpec;
import io.cipherstream.model.sealed.Sentinel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transformer of two attentions on plain slots against the pass layer by layer. */
@Tag("slow")
class TransformerProgramTest {

  private static final CkksParameters SET = CkksParameters.N32768_SEALED;
  private static final SealedSpec SPEC = SealedSpec.parse("AA");

  private final long seed = Long.getLong("test.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** Those of a deep spec and one of the first layer's scores. */
  static List<Sentinel> sentinels() {
    List<Sentinel> sentinels = new ArrayList<>(RandomEncoder.SENTINELS);
    sentinels.add(new Sentinel(0, Quantity.SCORE, 50));
    return sentinels;
  }

  private static double[] answer(
      SealedEncoder encoder, List<Sentinel> sentinels, double[][] x, double[] found) {
    List<InferencePlan> plans =
        InferencePlan.deep(encoder.shape(), encoder.spec(), sentinels, 1000, SET);
    return PlainRun.of(
            plans,
            x,
            evaluator ->
                ServerModel.encode(
                    MergedTransformer.of(encoder),
                    plans,
                    evaluator,
                    ForkJoinPool.commonPool(),
                    ServerModel.bytesNeeded(plans)))
        .row(found);
  }

  private void agrees(ModelShape shape, int tokens) {
    agrees("AA", shape, tokens);
  }

  private void agrees(String spec, ModelShape shape, int tokens) {
    SealedEncoder encoder = new RandomEncoder(shape, random).of(spec);
    double[][] x = RandomMerged.matrix(tokens, shape.width(), 1, random);
    List<Sentinel> sentinels = sentinels();
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

  /** Classes of 16, 32 and 64 tokens meet in 2, 8 and 32 steps. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 17, 32, 64})
  void aTextGivesWhatThePlainPassGives(int tokens) {
    agrees(RandomMerged.shape(128, 2, 200, 64, 1), tokens);
  }

  /** Three heads of 20 do not share the halves of a row evenly, a head of 40 fills a half. */
  @Test
  void oddSizesAndSeveralOutputs() {
    agrees(RandomMerged.shape(60, 3, 77, 32, 4), 1 + random.nextInt(32));
    agrees(RandomMerged.shape(40, 1, 30, 20, 3), 1 + random.nextInt(20));
  }

  @Test
  void edgesGiveWhatThePlainPassGives() {
    agrees("AA-kan2", RandomMerged.shape(60, 3, 77, 32, 4), 1 + random.nextInt(32));
  }

  @Test
  void eachSentinelTellsATextBeyondItsBound() {
    SealedEncoder encoder =
        new RandomEncoder(RandomMerged.shape(16, 2, 20, 16, 1), random).of("AA");
    double[][] x = RandomMerged.matrix(7, 16, 1, random);
    RangeSurvey survey = RangeSurvey.of(encoder, x);
    for (Sentinel sentinel : sentinels()) {
      double seen = survey.meanSquare(sentinel.layer(), sentinel.quantity());
      double[] found = new double[2];
      List<Sentinel> holds =
          List.of(new Sentinel(sentinel.layer(), sentinel.quantity(), seen * 1.001));
      assertThat(answer(encoder, holds, x, found)).as("seed %d", seed).hasSize(2);
      List<Sentinel> breaks =
          List.of(new Sentinel(sentinel.layer(), sentinel.quantity(), seen * 0.999));
      assertThatThrownBy(() -> answer(encoder, breaks, x, found))
          .as("seed %d, %s", seed, sentinel)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(
              "out-of-range: the mean square of the "
                  + sentinel.quantity().text()
                  + " of layer "
                  + (sentinel.layer() + 1));
    }
  }

  @Test
  void aSetOfTooFewLevelsIsRefused() {
    ModelShape shape = RandomMerged.shape(128, 2, 512, 64, 1);
    assertThatThrownBy(
            () -> InferencePlan.deep(shape, SPEC, List.of(), 10, CkksParameters.N16384_SEALED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10 data primes, a program of 15 levels takes 16");
  }

  /** The largest model that is trained: its keys stay within what a client uploads once. */
  @Test
  void keysStandAtNoMoreLimbsThanTheyAreUsedAt() {
    ModelShape shape = RandomMerged.shape(128, 2, 512, 64, 1);
    List<InferencePlan> plans = InferencePlan.deep(shape, SPEC, sentinels(), 1e4, SET);
    assertThat(plans).extracting(InferencePlan::tokenClass).containsExactly(16, 32, 64);
    KeyRequirements keys = KeyRequirements.of(plans);
    System.out.printf(
        "%s, %d limbs, %.1f MB%n",
        keys.rotationLimbs(), keys.relinearizationLimbs(), keys.payloadBytes(SET) / 1e6);
    plans.forEach(plan -> System.out.println(plan.costs()));
    assertThat(keys.relinearizationLimbs()).isEqualTo(15);
    assertThat(keys.rotationLimbs().values().stream().filter(l -> l > 12).count())
        .isLessThan(keys.rotationLimbs().size());
    assertThat(keys.payloadBytes(SET)).isLessThan(400_000_000);
  }
}
