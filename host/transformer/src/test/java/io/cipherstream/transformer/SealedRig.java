package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.util.ArrayList;
import java.util.List;

/** A sealed model's client and appliance in one place: its keys, and one request on any engine. */
record SealedRig(SealArithmetic seal, SealClient client, SealEvaluationKeys keys)
    implements AutoCloseable {

  static SealedRig of(List<InferencePlan> plans) {
    SealArithmetic seal = new SealArithmetic(plans.get(0).parameters());
    SealClient client = SealClient.generate(plans.get(0).parameters());
    return new SealedRig(seal, client, keys(seal, client, KeyRequirements.of(plans)));
  }

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

  /** A request as the appliance receives it; the caller closes it. */
  List<HostCiphertext> request(InferencePlan plan, List<double[]> slots) {
    List<HostCiphertext> received = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      CiphertextSpec spec = plan.inputs().get(i);
      SeededCiphertext up = client.encryptSeeded(slots.get(i), spec.limbs(), spec.scale());
      received.add(seal.seeded(up.limbs(), up.scale(), up.c0(), up.seed()));
    }
    return received;
  }

  /** One run on one engine; what was received stays open, the caller closes the answer. */
  List<Ciphertext> answer(
      ServerModel server,
      InferencePlan plan,
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

  /** Asserts that an engine answers a request with the expected words. */
  void same(
      ServerModel server,
      InferencePlan plan,
      CkksEvaluator evaluator,
      List<HostCiphertext> received,
      List<Ciphertext> expected) {
    List<Ciphertext> sent = answer(server, plan, evaluator, received);
    assertThat(sent).hasSameSizeAs(expected);
    for (int i = 0; i < sent.size(); i++) {
      assertThat(
              EncryptedPair.words(sent.get(i), plan.parameters())
                  .mismatch(EncryptedPair.words(expected.get(i), plan.parameters())))
          .as("%s, answer %d, first different byte", evaluator.name(), i)
          .isEqualTo(-1);
    }
    Scope.closeAll(sent);
  }

  double[] decrypt(Ciphertext answer) {
    return client.decrypt(
        EncryptedPair.words(answer, seal.parameters()),
        answer.size(),
        answer.limbs(),
        answer.scale());
  }

  /** Real parts of all slots, then imaginary ones. */
  double[] decryptComplex(Ciphertext answer) {
    return client.decryptComplex(
        EncryptedPair.words(answer, seal.parameters()),
        answer.size(),
        answer.limbs(),
        answer.scale());
  }

  @Override
  public void close() {
    keys.close();
    client.close();
    seal.close();
  }
}
