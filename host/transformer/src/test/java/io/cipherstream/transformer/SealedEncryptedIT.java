package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.sealed.MergedEncoder;
import io.cipherstream.model.sealed.MergedPass;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole sealed inference on ciphertexts: near the plain pass, the same words on every engine. */
@Tag("native")
@Tag("slow")
class SealedEncryptedIT {

  private static final CkksParameters SET = CkksParameters.N8192_SEALED;
  private static final ModelShape SHAPE = RandomMerged.shape(128, 4, 512, 64, 1);

  private final long seed = Long.getLong("test.seed", new Random().nextLong());

  @Test
  void everyEngineGivesTheSameWordsNearThePlainPass() {
    System.out.println("SealedEncryptedIT test.seed=" + seed);
    Random random = new Random(seed);
    MergedEncoder merged = RandomMerged.of(SealedShape.of(SHAPE), SHAPE.width(), random);
    double[][] x = RandomMerged.matrix(1 + random.nextInt(60), SHAPE.width(), 1, random);
    List<InferencePlan> plans = InferencePlan.sealed(SHAPE, SET);
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    ClientSide side = plan.sealed().side();
    KeyRequirements needed = KeyRequirements.of(plans);
    try (SealedRig rig = SealedRig.of(plans);
        LimbEngine limb = new SealEngine(SET.ring());
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS);
        LimbArithmetic onLimb = new LimbArithmetic(SET, limb, 1L << 30);
        LimbArithmetic onOpenCl = new LimbArithmetic(SET, openCl, 1L << 30)) {
      CkksEvaluator reference = new CkksEvaluator(rig.seal());
      try (ServerModel server =
          ServerModel.encode(merged, plans, reference, ForkJoinPool.commonPool(), 1L << 30)) {
        assertThat(server.bytes()).isEqualTo(ServerModel.bytesNeeded(plans));
        List<HostCiphertext> received = rig.request(plan, side.inputs(x));
        List<Ciphertext> expected = new ArrayList<>();
        for (CkksEvaluator evaluator :
            List.of(reference, new CkksEvaluator(onLimb), new CkksEvaluator(onOpenCl))) {
          for (int repeat = 0; repeat < Integer.getInteger("test.repeat", 1); repeat++) {
            List<Ciphertext> sent = rig.answer(server, plan, evaluator, received);
            if (expected.isEmpty()) {
              expected.addAll(sent);
              continue;
            }
            assertThat(
                    EncryptedPair.words(sent.get(0), SET)
                        .mismatch(EncryptedPair.words(expected.get(0), SET)))
                .as("%s, first different byte", evaluator.name())
                .isEqualTo(-1);
            Scope.closeAll(sent);
          }
        }
        double[] decrypted = rig.decrypt(expected.get(0));
        double[] logits = side.rows(List.of(decrypted))[0];
        double value = logits[1] - logits[0];
        double plain = new MergedPass(merged).run(x)[0];
        System.out.printf(
            "plain %.6f, encrypted %.6f, error %.2e, worst slot %.2e, %d rotation keys, %d bytes%n",
            plain,
            value,
            value - plain,
            worst(decrypted, plain),
            needed.rotationLimbs().size(),
            needed.payloadBytes(SET));
        assertThat(value).as("seed %d", seed).isCloseTo(plain, within(1e-2));
        Scope.closeAll(expected);
        Scope.closeAll(received);
      }
    }
  }

  private static double worst(double[] slots, double expected) {
    double worst = 0;
    for (double slot : slots) {
      worst = Math.max(worst, Math.abs(slot - expected));
    }
    return worst;
  }
}
