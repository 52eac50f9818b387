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
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
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

  private static SealEvaluationKeys keys(
      SealArithmetic seal, SealClient client, KeyRequirements needed) {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      needed
          .rotationLimbs()
          .forEach(
              (step, limbs) -> {
                SeededKey key = client.rotationKey(step, limbs);
                builder.addRotation(step, limbs, key.seeds(), key.c0());
              });
      SeededKey key = client.relinearizationKey(needed.relinearizationLimbs());
      builder.addRelinearization(key.limbs(), key.seeds(), key.c0());
      return builder.build();
    }
  }

  @Test
  void everyEngineGivesTheSameWordsNearThePlainPass() {
    System.out.println("SealedEncryptedIT test.seed=" + seed);
    Random random = new Random(seed);
    MergedEncoder merged = RandomMerged.of(SealedShape.of(SHAPE), SHAPE.width(), random);
    double[][] x = RandomMerged.matrix(1 + random.nextInt(60), SHAPE.width(), 1, random);
    List<InferencePlan> plans = InferencePlan.sealed(SHAPE, SET);
    InferencePlan plan = TokenClass.choose(plans, InferenceMode.SEALED, x.length);
    SealedSide side = new SealedSide(plan.sealed());
    KeyRequirements needed = KeyRequirements.of(plans);
    try (SealArithmetic seal = new SealArithmetic(SET);
        SealClient client = SealClient.generate(SET);
        SealEvaluationKeys keys = keys(seal, client, needed);
        LimbEngine limb = new SealEngine(SET.ring());
        LimbEngine openCl = OpenClEngine.open("opencl:pocl", SET.ring(), OpenClOptions.DEFAULTS);
        LimbArithmetic onLimb = new LimbArithmetic(SET, limb, 1L << 30);
        LimbArithmetic onOpenCl = new LimbArithmetic(SET, openCl, 1L << 30)) {
      CkksEvaluator reference = new CkksEvaluator(seal);
      try (ServerModel server =
          ServerModel.encode(merged, plans, reference, ForkJoinPool.commonPool(), 1L << 30)) {
        assertThat(server.bytes()).isEqualTo(ServerModel.bytesNeeded(plans));
        List<HostCiphertext> received = new ArrayList<>();
        List<double[]> slots = side.inputs(x);
        for (int i = 0; i < slots.size(); i++) {
          CiphertextSpec spec = plan.inputs().get(i);
          SeededCiphertext up = client.encryptSeeded(slots.get(i), spec.limbs(), spec.scale());
          received.add(seal.seeded(up.limbs(), up.scale(), up.c0(), up.seed()));
        }
        List<Ciphertext> expected = new ArrayList<>();
        for (CkksEvaluator evaluator :
            List.of(reference, new CkksEvaluator(onLimb), new CkksEvaluator(onOpenCl))) {
          for (int repeat = 0; repeat < Integer.getInteger("test.repeat", 1); repeat++) {
            List<Ciphertext> sent = answer(server, plan, keys, evaluator, received);
            if (expected.isEmpty()) {
              expected.addAll(sent);
              continue;
            }
            assertThat(
                    EncryptedPair.words(sent.get(0), SET)
                        .mismatch(EncryptedPair.words(expected.get(0), SET)))
                .as("%s, first different byte", evaluator.name())
                .isEqualTo(-1);
            Owned.closeAll(sent);
          }
        }
        Ciphertext answer = expected.get(0);
        double[] decrypted =
            client.decrypt(
                EncryptedPair.words(answer, SET), answer.size(), answer.limbs(), answer.scale());
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
        Owned.closeAll(expected);
        Owned.closeAll(received);
      }
    }
  }

  /** One run on one engine; what was received stays open. */
  private static List<Ciphertext> answer(
      ServerModel server,
      InferencePlan plan,
      SealEvaluationKeys keys,
      CkksEvaluator evaluator,
      List<HostCiphertext> received) {
    List<Ciphertext> own = received.stream().map(evaluator::bring).toList();
    try (InferenceRun run =
        server.start(InferenceMode.SEALED, plan.tokenClass(), keys, evaluator, RunSeed.random())) {
      long start = System.nanoTime();
      List<Ciphertext> sent = run.step(own);
      System.out.printf(
          "%s: %.3f s for at most %d tokens%n",
          evaluator.name(), (System.nanoTime() - start) / 1e9, plan.tokenClass());
      assertThat(run.finished()).isTrue();
      return sent;
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
