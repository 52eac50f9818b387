package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedLayers;
import io.cipherstream.model.sealed.RandomEncoder;
import io.cipherstream.model.sealed.RangeSurvey;
import io.cipherstream.model.sealed.SealedEncoder;
import io.cipherstream.model.sealed.SealedPass;
import io.cipherstream.model.sealed.Sentinel;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole deep inferences on ciphertexts: near the plain pass, the same words on every engine. */
@Tag("native")
@Tag("slow")
class DeepEncryptedIT {

  private static final CkksParameters SET = CkksParameters.N16384_SEALED;
  private static final ModelShape SHAPE = RandomMerged.shape(64, 2, 64, 60, 1);

  private final long seed = Long.getLong("test.seed", new Random().nextLong());

  private static CkksEvaluator on(LimbEngine engine) {
    return new CkksEvaluator(new LimbArithmetic(SET, engine, 1L << 30));
  }

  private void agrees(String spec, boolean everyEngine) {
    System.out.println("DeepEncryptedIT test.seed=" + seed);
    Random random = new Random(seed);
    SealedEncoder encoder = new RandomEncoder(SHAPE, random).of(spec);
    double[][] x = RandomMerged.matrix(1 + random.nextInt(60), SHAPE.width(), 1, random);
    List<Sentinel> sentinels = RandomEncoder.sentinels(encoder.spec());
    List<InferencePlan> plans = InferencePlan.deep(SHAPE, encoder.spec(), sentinels, 1000, SET);
    InferencePlan plan = plans.get(0);
    try (SealedRig rig = SealedRig.of(plans);
        LimbEngine limb = new SealEngine(SET.ring());
        CkksEvaluator first = on(limb);
        ServerModel server =
            ServerModel.encode(
                MergedLayers.of(encoder), plans, first, ForkJoinPool.commonPool(), 1L << 30)) {
      List<HostCiphertext> received = rig.request(plan, plan.sealed().side().inputs(x));
      List<Ciphertext> expected = rig.answer(server, plan, first, received);
      if (everyEngine) {
        try (LimbEngine openCl =
                OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS);
            CkksEvaluator onOpenCl = on(openCl)) {
          rig.same(server, plan, onOpenCl, received, expected);
        }
        rig.same(server, plan, new CkksEvaluator(rig.seal()), received, expected);
      }
      List<double[]> decrypted = expected.stream().map(rig::decryptComplex).toList();
      double[] logits = plan.sealed().side().rows(decrypted)[0];
      double[] plain = new SealedPass(encoder).run(x);
      double error = logits[1] - logits[0] - (plain[1] - plain[0]);
      System.out.printf("%s: error %.2e%n", spec, error);
      assertThat(error).as("seed %d", seed).isCloseTo(0, within(1e-3));
      RangeSurvey survey = RangeSurvey.of(encoder, x);
      int answers = 1 + sentinels.size();
      double[] found = PairedAnswers.read(rowsOf(plan), decrypted, answers);
      for (int i = 0; i < sentinels.size(); i++) {
        assertThat(found[1 + i])
            .as("seed %d, %s", seed, sentinels.get(i))
            .isCloseTo(sentinels.get(i).value(survey), within(1e-3));
      }
      Scope.closeAll(expected);
      Scope.closeAll(received);
    }
  }

  private static SealedLayout rowsOf(InferencePlan plan) {
    return ((DeepContext) plan.sealed()).layout().rows();
  }

  @Test
  void everyEngineGivesTheSameWordsNearThePlainPass() {
    agrees("CS", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CP", "CA", "CP-kan8"})
  void theOtherSpecsComeNearThePlainPass(String spec) {
    agrees(spec, false);
  }
}
