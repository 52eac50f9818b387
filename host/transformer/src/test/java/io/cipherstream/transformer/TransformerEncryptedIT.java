package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedTransformer;
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

/**
 * A whole AA on ciphertexts: near the plain pass, the same words on another engine. Which of two
 * that is, the seed decides: they are slow on the largest ring, and single operations and a whole
 * CS are compared on both.
 */
@Tag("native")
@Tag("slow")
class TransformerEncryptedIT {

  private static final CkksParameters SET = CkksParameters.N32768_SEALED;
  private static final ModelShape SHAPE = RandomMerged.shape(64, 2, 64, 16, 1);

  private final long seed = Long.getLong("test.seed", new Random().nextLong());

  private static LimbEngine openCl() {
    return OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS);
  }

  private static CkksEvaluator on(LimbEngine engine) {
    return new CkksEvaluator(new LimbArithmetic(SET, engine, 1L << 30));
  }

  /**
   * The plan knows what one thread holds. What a further one holds depends on how far it is ahead:
   * a product before and after its key switch and its rescale, and results that wait for one that
   * is late. Five ciphertexts were seen on a machine with other work; eight are allowed.
   */
  private void planCovers(InferencePlan plan, PeakEngine engine) {
    long limb = 2L * Long.BYTES * SET.degree();
    long others = 8L * SET.dataLimbs() * (Runtime.getRuntime().availableProcessors() - 1);
    System.out.printf(
        "%d limbs open at most, %d planned%n",
        engine.most() / limb, plan.agreed().words() * Long.BYTES / limb);
    assertThat(engine.most())
        .as("bytes of ciphertexts on the engine, seed %d", seed)
        .isLessThanOrEqualTo(plan.agreed().words() * Long.BYTES + others * limb);
  }

  @Test
  void twoEnginesGiveTheSameWordsNearThePlainPass() {
    System.out.println("TransformerEncryptedIT test.seed=" + seed);
    Random random = new Random(seed);
    SealedEncoder encoder = new RandomEncoder(SHAPE, random).of("AA");
    double[][] x = RandomMerged.matrix(1 + random.nextInt(16), SHAPE.width(), 1, random);
    List<Sentinel> sentinels = TransformerProgramTest.sentinels();
    List<InferencePlan> plans = InferencePlan.deep(SHAPE, encoder.spec(), sentinels, 1000, SET);
    InferencePlan plan = plans.get(0);
    try (SealedRig rig = SealedRig.of(plans);
        PeakEngine limb = new PeakEngine(new SealEngine(SET.ring()));
        CkksEvaluator first = on(limb);
        ServerModel server =
            ServerModel.encode(
                MergedTransformer.of(encoder), plans, first, ForkJoinPool.commonPool(), 1L << 30)) {
      List<HostCiphertext> received = rig.request(plan, plan.sealed().side().inputs(x));
      List<Ciphertext> expected = rig.answer(server, plan, first, received);
      planCovers(plan, limb);
      List<double[]> decrypted = expected.stream().map(rig::decryptComplex).toList();
      double[] logits = plan.sealed().side().rows(decrypted)[0];
      double[] plain = new SealedPass(encoder).run(x);
      double error = logits[1] - logits[0] - (plain[1] - plain[0]);
      System.out.printf("AA: error %.2e%n", error);
      assertThat(error).as("seed %d", seed).isCloseTo(0, within(1e-2));
      RangeSurvey survey = RangeSurvey.of(encoder, x);
      SealedLayout rows = ((TransformerContext) plan.sealed()).second().layout().rows();
      double[] found = PairedAnswers.read(rows, decrypted, 1 + sentinels.size());
      for (int i = 0; i < sentinels.size(); i++) {
        assertThat(found[1 + i])
            .as("seed %d, %s", seed, sentinels.get(i))
            .isCloseTo(sentinels.get(i).value(survey), within(1e-2));
      }
      boolean portable = random.nextBoolean();
      System.out.println(portable ? "and on SEAL's portable routines" : "and on OpenCL");
      try (LimbEngine other = portable ? SealEngine.withPortableKernels(SET.ring()) : openCl();
          CkksEvaluator onOther = on(other)) {
        rig.same(server, plan, onOther, received, expected);
      }
      Scope.closeAll(expected);
      Scope.closeAll(received);
    }
  }
}
