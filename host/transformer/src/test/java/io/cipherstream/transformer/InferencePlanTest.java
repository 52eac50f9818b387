package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.LayerRanges;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.Ranges;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class InferencePlanTest {

  private static final ModelShape THEX = RandomModels.shape(2, 128, 2, 512, true, Pooling.CLS, 2);
  private static final ModelShape EXACT = RandomModels.shape(2, 128, 2, 512, false, Pooling.CLS, 2);

  private static Ranges ranges(ModelShape shape, double value) {
    LayerRanges layer =
        new LayerRanges(value, value, value, value, value, value, value, value, value, value);
    return new Ranges(Collections.nCopies(shape.layers(), layer), value, 1);
  }

  private static InferencePlan plan(ModelShape shape, InferenceMode mode, int tokenClass) {
    return InferencePlan.of(shape, ranges(shape, 10), mode, tokenClass, set(mode));
  }

  private static CkksParameters set(InferenceMode mode) {
    return mode == InferenceMode.HYBRID ? CkksParameters.N4096 : CkksParameters.N8192;
  }

  @Test
  void roundsFollowTheMode() {
    assertThat(operations(plan(EXACT, InferenceMode.HYBRID, 32)))
        .isEqualTo("attention normalize activation normalize attention normalize activation pool");
    assertThat(operations(plan(THEX, InferenceMode.PAPER, 32)))
        .isEqualTo(
            "kernel hinges refresh activation refresh kernel hinges refresh activation pool");
    assertThat(operations(plan(THEX, InferenceMode.COMPACT, 32)))
        .isEqualTo(
            "kernel reciprocal refresh activation refresh"
                + " kernel reciprocal refresh activation pool");
  }

  @Test
  void withoutPoolingTheLastRoundOnlyRestores() {
    ModelShape exact = RandomModels.shape(1, 128, 2, 512, false, Pooling.NONE, 9);
    ModelShape thex = RandomModels.shape(1, 128, 2, 512, true, Pooling.NONE, 9);
    InferencePlan plan = plan(exact, InferenceMode.HYBRID, 32);
    assertThat(operations(plan)).isEqualTo("attention normalize activation normalize");
    assertThat(plan.result()).hasSize(1).allMatch(spec -> spec.limbs() == 1);
    assertThat(operations(plan(thex, InferenceMode.PAPER, 32)))
        .isEqualTo("kernel hinges refresh activation refresh");
  }

  @Test
  void headAndPoolingChangeThePlan() {
    List<ModelShape> shapes =
        List.of(
            RandomModels.shape(1, 16, 2, 16, true, Pooling.CLS, 1),
            RandomModels.withValue(RandomModels.shape(1, 16, 2, 16, true, Pooling.CLS, 0)),
            RandomModels.shape(1, 16, 2, 16, true, Pooling.NONE, 1),
            RandomModels.shape(1, 16, 2, 16, true, Pooling.MEAN, 1));
    assertThat(shapes.stream().map(s -> plan(s, InferenceMode.PAPER, 16).digestHex()).distinct())
        .hasSize(4);
  }

  @Test
  void valuesBeyondTheLastScaleAreRefused() {
    ModelShape shape =
        RandomModels.withValue(RandomModels.shape(1, 16, 2, 16, true, Pooling.CLS, 0));
    Ranges good = ranges(shape, 10);
    Ranges large = new Ranges(good.layers(), 1e6, 1);
    assertThatThrownBy(
            () -> InferencePlan.of(shape, large, InferenceMode.PAPER, 16, CkksParameters.N8192))
        .hasMessageContaining("outputs up to 1000000.0");
  }

  private static String operations(InferencePlan plan) {
    return plan.rounds().stream()
        .map(round -> round.operation().label())
        .collect(Collectors.joining(" "));
  }

  @Test
  void isTheSameEveryTimeAndDiffersWithWhatMatters() {
    InferencePlan plan = plan(THEX, InferenceMode.PAPER, 32);
    assertThat(plan(THEX, InferenceMode.PAPER, 32).digestHex()).isEqualTo(plan.digestHex());
    assertThat(plan(THEX, InferenceMode.PAPER, 16).digestHex()).isNotEqualTo(plan.digestHex());
    assertThat(plan(THEX, InferenceMode.COMPACT, 32).digestHex()).isNotEqualTo(plan.digestHex());
    assertThat(
            InferencePlan.of(THEX, ranges(THEX, 100), InferenceMode.PAPER, 32, CkksParameters.N8192)
                .digestHex())
        .isNotEqualTo(plan.digestHex());
  }

  @Test
  void rangesThatNoScaleHoldsAreRefused() {
    for (InferenceMode mode : InferenceMode.supportedBy(THEX)) {
      for (double value : new double[] {1e5, 1e9, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
        assertThatThrownBy(
                () -> InferencePlan.of(THEX, ranges(THEX, value), mode, 32, CkksParameters.N8192))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("layer 0")
            .hasMessageContaining("calibrat");
      }
    }
    assertThat(
            InferencePlan.of(THEX, ranges(THEX, 0), InferenceMode.PAPER, 32, CkksParameters.N8192)
                .rounds())
        .isNotEmpty();
  }

  @Test
  void wideRangesTakeASecondLimb() {
    int narrow = plan(THEX, InferenceMode.PAPER, 32).rounds().get(2).up().get(0).limbs();
    InferencePlan wide =
        InferencePlan.of(THEX, ranges(THEX, 5000), InferenceMode.PAPER, 32, CkksParameters.N8192);
    assertThat(narrow).isEqualTo(1);
    assertThat(wide.rounds().get(2).up().get(0).limbs()).isEqualTo(2);
  }

  @Test
  void everythingSentToTheClientHasTheLowestUsefulLevel() {
    for (Round round : plan(THEX, InferenceMode.PAPER, 32).rounds()) {
      int expected = round.operation() == ClientOperation.HINGES ? 2 : 1;
      assertThat(round.down()).allMatch(spec -> spec.limbs() == expected);
    }
  }

  @Test
  void keysOfAllClassesTogetherStayBelowFortyMegabytes() {
    for (InferenceMode mode : List.of(InferenceMode.PAPER, InferenceMode.COMPACT)) {
      List<InferencePlan> plans =
          InferencePlan.all(THEX, ranges(THEX, 10), mode, CkksParameters.N8192);
      assertThat(plans).extracting(InferencePlan::tokenClass).containsExactly(16, 32, 64);
      KeyRequirements keys = KeyRequirements.of(plans);
      assertThat(keys.rotationLimbs().keySet()).containsAll(plans.get(1).rotationLimbs().keySet());
      assertThat(keys.payloadBytes(CkksParameters.N8192)).isLessThan(40_000_000);
    }
  }

  @Test
  void hybridHasOneLimbNoRelinearisationAndCostLinearInTokens() {
    ModelShape shape =
        RandomModels.withPositions(
            RandomModels.shape(2, 384, 12, 1536, false, Pooling.MEAN, 0), 512);
    List<InferencePlan> plans =
        InferencePlan.all(shape, ranges(shape, 10), InferenceMode.HYBRID, CkksParameters.N4096);
    assertThat(plans)
        .extracting(InferencePlan::tokenClass)
        .containsExactly(16, 32, 64, 96, 128, 192, 256, 384, 512, 4096);
    List<InferencePlan> single = plans.subList(0, 9);
    assertThat(single.stream().skip(1).map(p -> p.costs().weightBytes()).distinct()).hasSize(1);
    assertThat(ServerModel.bytesNeeded(plans))
        .isEqualTo(
            plans.get(0).costs().weightBytes()
                + plans.get(1).costs().weightBytes()
                + plans.get(9).costs().weightBytes());
    assertThat(plans.get(9).takesManyTexts()).isTrue();
    assertThat(plans.get(9).rotationLimbs()).isEmpty();
    assertThat(plans.get(9).rounds().get(0).down()).hasSize(3 * 384);
    for (InferencePlan plan : single) {
      assertThat(plan.takesManyTexts()).isFalse();
      assertThat(plan.rounds()).hasSize(8);
      assertThat(plan.relinearizationLimbs()).isZero();
      assertThat(plan.rotationLimbs().values()).allMatch(limbs -> limbs == 1);
      assertThat(plan.complexReplies()).isTrue();
      Round first = plan.rounds().get(0);
      int groups = plan.tokenClass() == 16 ? 1 : plan.tokenClass() / 32;
      int features = plan.tokenClass() == 16 ? 256 : 128;
      assertThat(plan.inputs()).hasSize(groups * ((384 + features - 1) / features));
      assertThat(first.down()).hasSize(groups * ((3 * 384 + features - 1) / features));
      assertThat(plan.result()).hasSize((384 + features - 1) / features);
    }
    PlanCosts one = plans.get(1).costs();
    PlanCosts sixteen = plans.get(8).costs();
    assertThat(sixteen.payloadBytesUp())
        .isBetween(15 * one.payloadBytesUp(), 16 * one.payloadBytesUp());
    assertThat(one.payloadBytesUp() + one.payloadBytesDown()).isLessThan(4_200_000L);
  }

  @Test
  void hybridRefusesAClassThatItDoesNotHave() {
    assertThatThrownBy(() -> plan(EXACT, InferenceMode.HYBRID, 48))
        .hasMessageContaining("token class 48")
        .hasMessageContaining("[32, 64, 4096]");
  }

  @Test
  void hybridRefusesRangesBeyondItsPrime() {
    for (double value : new double[] {1e5, 1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
      assertThatThrownBy(
              () ->
                  InferencePlan.of(
                      EXACT, ranges(EXACT, value), InferenceMode.HYBRID, 32, CkksParameters.N4096))
          .hasMessageContaining("layer 0")
          .hasMessageContaining("one prime of mode hybrid")
          .hasMessageContaining("calibrate");
    }
  }

  @Test
  void theFormerNameOfHybridIsTaken() {
    assertThat(InferenceMode.parse("assisted")).isEqualTo(InferenceMode.HYBRID);
  }

  @Test
  void wrongModeNamesTheModesThatFit() {
    assertThatThrownBy(() -> plan(EXACT, InferenceMode.PAPER, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("paper")
        .hasMessageContaining("[hybrid]");
    assertThatThrownBy(() -> InferenceMode.parse("fast"))
        .hasMessageContaining("[hybrid, paper, compact, sealed]");
  }

  @Test
  void wideHeadsLimitTheTokenClasses() {
    ModelShape wide = RandomModels.shape(1, 256, 2, 64, true, Pooling.CLS, 2);
    assertThat(InferencePlan.tokenClasses(wide, CkksParameters.N8192)).containsExactly(16, 32);
    assertThatThrownBy(() -> plan(wide, InferenceMode.PAPER, 64))
        .hasMessageContaining("does not fit blocks of 64");
  }

  @Test
  void serverModelRefusesWhatDoesNotFitItsBudget() {
    RandomModels.Sample sample = RandomModels.sample(THEX, new SplittableRandom(7));
    List<InferencePlan> plans = List.of(plan(THEX, InferenceMode.PAPER, 32));
    long needed = ServerModel.bytesNeeded(plans);
    assertThat(needed).isEqualTo(plans.get(0).costs().weightBytes());
    assertThatThrownBy(
            () ->
                ServerModel.encode(
                    sample.weights(),
                    plans,
                    new CkksEvaluator(SimulatedArithmetic.withValues(CkksParameters.N8192)),
                    java.util.concurrent.ForkJoinPool.commonPool(),
                    needed - 1))
        .hasMessageContaining("budget");
  }

  @Test
  void jsonGroupsEqualCiphertexts() {
    InferencePlan plan = plan(THEX, InferenceMode.PAPER, 32);
    var up = PlanJson.of(List.of(plan)).at("/plans/0/rounds/0/up");
    assertThat(up.get(0).get("count").asInt()).isEqualTo(1);
    assertThat(up.get(1).get("count").asInt()).isEqualTo(1);
    assertThat(PlanJson.of(List.of(plan)).at("/plans/0/costs/rounds").asInt()).isEqualTo(10);
  }
}
