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
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealEngine;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Word labels on ciphertexts: near the plain pass, the same words on both engines, no rubbish. */
@Tag("native")
@Tag("slow")
class WordsEncryptedIT {

  private static final CkksParameters SET = CkksParameters.N8192_SEALED;
  private static final ModelShape SHAPE = RandomMerged.words(32, 64, 200, 5);

  private final long seed = Long.getLong("test.seed", new Random().nextLong());

  @Test
  void everyTokensLogitsAreNearThePlainPassAndNothingElseIsInTheReply() {
    System.out.println("WordsEncryptedIT test.seed=" + seed);
    Random random = new Random(seed);
    MergedEncoder merged = RandomMerged.of(SealedShape.of(SHAPE), SHAPE.width(), random);
    List<InferencePlan> plans = InferencePlan.words(SHAPE, 100, SET);
    // one token more than one chunk holds: a mistake at the seam shows
    double[][] x = RandomMerged.matrix(126, SHAPE.width(), 1, random);
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    WordsContext context = (WordsContext) plan.sealed();
    assertThat(context.chunks()).isEqualTo(2);
    try (SealedRig rig = SealedRig.of(plans);
        LimbEngine limb = new SealEngine(SET.ring());
        LimbArithmetic onLimb = new LimbArithmetic(SET, limb, 1L << 30)) {
      CkksEvaluator reference = new CkksEvaluator(rig.seal());
      try (ServerModel server =
          ServerModel.encode(merged, plans, reference, ForkJoinPool.commonPool(), 1L << 30)) {
        assertThat(server.bytes()).isEqualTo(ServerModel.bytesNeeded(plans));
        List<HostCiphertext> received = rig.request(plan, plan.sealed().side().inputs(x));
        List<Ciphertext> expected = rig.answer(server, plan, reference, received);
        rig.same(server, plan, new CkksEvaluator(onLimb), received, expected);
        assertThat(expected).hasSize(1);
        double[] slots = rig.decrypt(expected.get(0));
        double[][] found = plan.sealed().side().rows(List.of(slots));
        double[][] plain = new MergedPass(merged).rows(x);
        double worst = 0;
        for (int t = 0; t < x.length; t++) {
          for (int j = 0; j < plain[t].length; j++) {
            worst = Math.max(worst, Math.abs(found[t][j] - plain[t][j]));
          }
        }
        double rubbish = 0;
        for (int s = 0; s < slots.length; s++) {
          if (s % context.features() >= context.chunks() * SHAPE.outputs()) {
            rubbish = Math.max(rubbish, Math.abs(slots[s]));
          }
        }
        System.out.printf("largest error %.2e, largest other slot %.2e%n", worst, rubbish);
        assertThat(worst).as("seed %d", seed).isCloseTo(0, within(1e-2));
        assertThat(rubbish).as("seed %d", seed).isCloseTo(0, within(1e-2));
        Scope.closeAll(expected);
        Scope.closeAll(received);
      }
    }
  }
}
