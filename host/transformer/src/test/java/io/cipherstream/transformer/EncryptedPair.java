package io.cipherstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.EncoderWeights;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;

/** Client and server in one place, on real ciphertexts, without a network between them. */
final class EncryptedPair implements AutoCloseable {

  private final CkksParameters parameters;
  private final EmbeddingTable embeddings;
  private final SealArithmetic seal;
  private final CkksEvaluator evaluator;
  private final SealClient client;
  private final SealEvaluationKeys keys;
  private final ServerModel server;
  private double serverSeconds;

  /** On SEAL's own arithmetic. */
  EncryptedPair(List<InferencePlan> plans, EncoderWeights weights, EmbeddingTable embeddings) {
    this(plans, weights, embeddings, CkksEvaluator::new);
  }

  /**
   * @param server the evaluator that computes, which may be SEAL's; closed with this
   */
  EncryptedPair(
      List<InferencePlan> plans,
      EncoderWeights weights,
      EmbeddingTable embeddings,
      Function<SealArithmetic, CkksEvaluator> server) {
    this.parameters = plans.get(0).parameters();
    this.embeddings = embeddings;
    this.seal = new SealArithmetic(parameters);
    this.evaluator = server.apply(seal);
    this.client = SealClient.generate(parameters);
    this.keys = keys(KeyRequirements.of(plans));
    this.server =
        ServerModel.encode(weights, plans, evaluator, ForkJoinPool.commonPool(), 1L << 32);
  }

  private SealEvaluationKeys keys(KeyRequirements requirements) {
    try (SealEvaluationKeys.Builder builder = seal.newKeys()) {
      requirements
          .rotationLimbs()
          .forEach(
              (step, limbs) -> {
                SeededKey key = client.rotationKey(step, limbs);
                builder.addRotation(step, limbs, key.seeds(), key.c0());
              });
      if (requirements.relinearizationLimbs() > 0) {
        SeededKey key = client.relinearizationKey(requirements.relinearizationLimbs());
        builder.addRelinearization(key.limbs(), key.seeds(), key.c0());
      }
      return builder.build();
    }
  }

  /** Logits or embedding of one sentence. */
  double[] run(InferenceMode mode, int[] tokenIds) {
    return runRows(mode, TokenSequence.of(tokenIds))[0];
  }

  /** The output rows of one question. */
  double[][] runRows(InferenceMode mode, TokenSequence tokens) {
    InferencePlan plan = TokenClass.choose(server.plans(), mode, tokens.length());
    ClientRun run = new ClientRun(plan, embeddings, tokens);
    serverSeconds = 0;
    try (InferenceRun inference = server.start(mode, plan.tokenClass(), keys)) {
      List<double[]> up = run.inputs();
      List<CiphertextSpec> specs = plan.inputs();
      while (true) {
        List<Ciphertext> received = bring(encrypt(specs, up));
        long start = System.nanoTime();
        List<Ciphertext> sent = inference.step(received);
        serverSeconds += (System.nanoTime() - start) / 1e9;
        List<double[]> down = decrypt(sent, plan.complexReplies());
        if (inference.finished()) {
          return run.finish(down);
        }
        up = run.answer(inference.nextRound(), down);
        specs = plan.rounds().get(inference.nextRound()).up();
      }
    }
  }

  /** A second computation of the same inference, whose replies must be SEAL's words. */
  interface Shadow {
    List<HostCiphertext> step(List<HostCiphertext> received);
  }

  /**
   * One sentence on SEAL and, step by step on the same ciphertexts, on other engines; every reply
   * is compared word for word.
   */
  double[] lockStep(InferenceMode mode, int[] tokenIds, RunSeed seed, List<Shadow> shadows) {
    InferencePlan plan = TokenClass.choose(server.plans(), mode, tokenIds.length);
    ClientRun run = new ClientRun(plan, embeddings, tokenIds);
    return run.finish(lockStep(plan, run, seed, shadows))[0];
  }

  /** The same of any run; the decrypted result. */
  List<double[]> lockStep(
      InferencePlan plan, ClientRun run, RunSeed seed, List<? extends Shadow> shadows) {
    try (InferenceRun inference =
        server.start(plan.mode(), plan.tokenClass(), keys, evaluator, seed)) {
      List<double[]> up = run.inputs();
      List<CiphertextSpec> specs = plan.inputs();
      while (true) {
        List<Ciphertext> received = bring(encrypt(specs, up));
        List<List<HostCiphertext>> copies = new ArrayList<>();
        for (int i = 0; i < shadows.size(); i++) {
          copies.add(received.stream().map(evaluator::take).toList());
        }
        List<Ciphertext> sent = inference.step(received);
        for (int i = 0; i < shadows.size(); i++) {
          assertSame(inference.nextRound(), i, sent, shadows.get(i).step(copies.get(i)));
        }
        List<double[]> down = decrypt(sent, plan.complexReplies());
        if (inference.finished()) {
          return down;
        }
        up = run.answer(inference.nextRound(), down);
        specs = plan.rounds().get(inference.nextRound()).up();
      }
    }
  }

  private void assertSame(
      int round, int shadow, List<Ciphertext> expected, List<HostCiphertext> actual) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      try (HostCiphertext got = actual.get(i)) {
        assertThat(got.form()).isEqualTo(CiphertextForm.of(expected.get(i)));
        assertThat(got.words().mismatch(words(expected.get(i))))
            .as("round %d, shadow %d, reply %d: first different byte", round, shadow, i)
            .isEqualTo(-1);
      }
    }
  }

  ServerModel server() {
    return server;
  }

  CkksEvaluator evaluator() {
    return evaluator;
  }

  SealEvaluationKeys keys() {
    return keys;
  }

  /** Seconds the server's steps took in the last run. */
  double serverSeconds() {
    return serverSeconds;
  }

  long weightBytes() {
    return server.bytes();
  }

  long keyBytes() {
    return keys.bytes();
  }

  private List<Ciphertext> bring(List<HostCiphertext> fresh) {
    List<Ciphertext> brought = fresh.stream().map(evaluator::bring).toList();
    fresh.forEach(HostCiphertext::close);
    return brought;
  }

  private List<HostCiphertext> encrypt(List<CiphertextSpec> specs, List<double[]> vectors) {
    List<HostCiphertext> ciphertexts = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      SeededCiphertext seeded =
          client.encryptSeeded(vectors.get(i), specs.get(i).limbs(), specs.get(i).scale());
      ciphertexts.add(seal.seeded(seeded.limbs(), seeded.scale(), seeded.c0(), seeded.seed()));
    }
    return ciphertexts;
  }

  private List<double[]> decrypt(List<Ciphertext> ciphertexts, boolean complex) {
    List<double[]> slots = new ArrayList<>();
    for (Ciphertext ciphertext : ciphertexts) {
      try (ciphertext) {
        ByteBuffer words = words(ciphertext);
        int size = ciphertext.size();
        slots.add(
            complex
                ? client.decryptComplex(words, size, ciphertext.limbs(), ciphertext.scale())
                : client.decrypt(words, size, ciphertext.limbs(), ciphertext.scale()));
      }
    }
    return slots;
  }

  ByteBuffer words(Ciphertext ciphertext) {
    return words(ciphertext, parameters);
  }

  /** The words of a ciphertext of any evaluator. */
  static ByteBuffer words(Ciphertext ciphertext, CkksParameters parameters) {
    ByteBuffer words =
        ByteBuffer.allocateDirect(Math.toIntExact(ciphertext.words(parameters) * Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    ciphertext.copyWordsTo(words);
    return words.flip();
  }

  @Override
  public void close() {
    server.close();
    keys.close();
    client.close();
    evaluator.close();
    seal.close();
  }
}
