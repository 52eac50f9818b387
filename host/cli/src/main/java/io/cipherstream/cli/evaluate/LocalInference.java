package io.cipherstream.cli.evaluate;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksArithmetic;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.model.ModelPackage;
import io.cipherstream.model.TokenSequence;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededCiphertext;
import io.cipherstream.seal.client.SeededKey;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientRun;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.InferenceRun;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.transformer.RunSeed;
import io.cipherstream.transformer.ServerModel;
import io.cipherstream.transformer.TokenClass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;

/**
 * Encrypted inferences in this process, client and appliance without a network between them. They
 * run on SEAL or, of parameter sets that SEAL cannot switch keys of, on engine seal-limb. One can
 * be recorded; then other engines repeat the appliance's part, and every word is compared.
 */
public final class LocalInference implements AutoCloseable {

  private static final long WEIGHT_BYTES_MAX = 1L << 32;

  private final InferencePlan plan;
  private final List<InferencePlan> plans;
  private final CkksParameters parameters;
  private final SealArithmetic arithmetic;
  private final Optional<LimbEngine> engine;
  private final CkksEvaluator evaluator;
  private final SealClient client;
  private final SealEvaluationKeys keys;
  private final ServerModel server;
  private final RunSeed seed = RunSeed.random();
  private final List<List<HostCiphertext>> received = new ArrayList<>();
  private final List<List<Ciphertext>> replies = new ArrayList<>();

  public LocalInference(ModelPackage pack, InferencePlan plan) {
    this(pack, List.of(plan));
  }

  /**
   * @param plans of one mode and parameter set, each of another token class
   */
  public LocalInference(ModelPackage pack, List<InferencePlan> plans) {
    this.plan = plans.get(0);
    this.plans = List.copyOf(plans);
    this.parameters = plan.parameters();
    this.arithmetic = new SealArithmetic(parameters);
    this.engine =
        parameters.hybrid() ? Optional.of(new SealEngine(parameters.ring())) : Optional.empty();
    this.evaluator =
        new CkksEvaluator(
            engine
                .<CkksArithmetic>map(e -> new LimbArithmetic(parameters, e, WEIGHT_BYTES_MAX))
                .orElse(arithmetic));
    this.client = SealClient.generate(parameters);
    this.keys = keys(KeyRequirements.of(plans));
    this.server =
        ServerModel.encode(pack, plans, evaluator, ForkJoinPool.commonPool(), WEIGHT_BYTES_MAX);
  }

  private SealEvaluationKeys keys(KeyRequirements requirements) {
    try (SealEvaluationKeys.Builder builder = arithmetic.newKeys()) {
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

  public CkksParameters parameters() {
    return parameters;
  }

  /** Name of the engine that computes. */
  public String engine() {
    return evaluator.name();
  }

  /** Computes a sentence, records all messages, and returns its logits. */
  public double[] record(ModelPackage pack, int[] tokenIds) {
    ClientRun run = new ClientRun(plan, pack.client().embeddings(), tokenIds);
    try (InferenceRun inference =
        server.start(plan.mode(), plan.tokenClass(), keys, evaluator, seed)) {
      List<double[]> up = run.inputs();
      List<CiphertextSpec> specs = plan.inputs();
      while (true) {
        List<HostCiphertext> sent = encrypt(specs, up);
        received.add(sent);
        List<Ciphertext> reply = inference.step(sent.stream().map(evaluator::bring).toList());
        replies.add(reply);
        List<double[]> down = reply.stream().map(this::decrypt).toList();
        if (inference.finished()) {
          return run.finish(down)[0];
        }
        up = run.answer(inference.nextRound(), down);
        specs = plan.rounds().get(inference.nextRound()).up();
      }
    }
  }

  /**
   * Computes the appliance's part of the recorded inference on an engine.
   *
   * @return words of its replies, all equal to the recorded ones
   * @throws CliException if a word differs
   */
  public long replay(CkksEvaluator on) {
    long compared = 0;
    try (InferenceRun inference = server.start(plan.mode(), plan.tokenClass(), keys, on, seed)) {
      for (int step = 0; step < received.size(); step++) {
        List<Ciphertext> entered = new ArrayList<>();
        for (HostCiphertext c : received.get(step)) {
          entered.add(on.bring(c));
        }
        List<Ciphertext> made = inference.step(entered);
        try {
          for (int i = 0; i < made.size(); i++) {
            compared += compare(on.name(), step, i, made.get(i), replies.get(step).get(i));
          }
        } finally {
          made.forEach(Ciphertext::close);
        }
      }
    }
    return compared;
  }

  /** Computes a question in the smallest class that fits; records nothing. */
  public double[][] run(ModelPackage pack, TokenSequence tokens) {
    InferencePlan chosen = TokenClass.choose(plans, plan.mode(), tokens.length());
    ClientRun run = new ClientRun(chosen, pack.client().embeddings(), tokens);
    try (InferenceRun inference =
        server.start(chosen.mode(), chosen.tokenClass(), keys, evaluator, RunSeed.random())) {
      List<double[]> up = run.inputs();
      List<CiphertextSpec> specs = chosen.inputs();
      while (true) {
        List<HostCiphertext> sent = encrypt(specs, up);
        List<Ciphertext> reply;
        try {
          reply = inference.step(sent.stream().map(evaluator::bring).toList());
        } finally {
          sent.forEach(HostCiphertext::close);
        }
        List<double[]> down;
        try {
          down = reply.stream().map(this::decrypt).toList();
        } finally {
          reply.forEach(Ciphertext::close);
        }
        if (inference.finished()) {
          return run.finish(down);
        }
        up = run.answer(inference.nextRound(), down);
        specs = chosen.rounds().get(inference.nextRound()).up();
      }
    }
  }

  private long compare(String engine, int step, int index, Ciphertext got, Ciphertext expected) {
    int differs = words(got).mismatch(words(expected));
    if (differs >= 0) {
      throw new CliException(
          ExitCodes.CHECK_FAILED,
          engine
              + " differs from "
              + engine()
              + " in step "
              + step
              + ", ciphertext "
              + index
              + ", word "
              + differs / Long.BYTES);
    }
    return expected.words(parameters);
  }

  private ByteBuffer words(Ciphertext c) {
    ByteBuffer words =
        ByteBuffer.allocateDirect(Math.toIntExact(c.words(parameters) * Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    c.copyWordsTo(words);
    return words.flip();
  }

  private List<HostCiphertext> encrypt(List<CiphertextSpec> specs, List<double[]> slots) {
    List<HostCiphertext> sent = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      CiphertextSpec s = specs.get(i);
      SeededCiphertext fresh = client.encryptSeeded(slots.get(i), s.limbs(), s.scale());
      sent.add(arithmetic.seeded(s.limbs(), s.scale(), fresh.c0(), fresh.seed()));
    }
    return sent;
  }

  private double[] decrypt(Ciphertext c) {
    return plan.complexReplies()
        ? client.decryptComplex(words(c), c.size(), c.limbs(), c.scale())
        : client.decrypt(words(c), c.size(), c.limbs(), c.scale());
  }

  @Override
  public void close() {
    received.forEach(list -> list.forEach(HostCiphertext::close));
    replies.forEach(list -> list.forEach(Ciphertext::close));
    server.close();
    keys.close();
    client.close();
    evaluator.close();
    engine.ifPresent(LimbEngine::close);
    if (engine.isPresent()) {
      arithmetic.close();
    }
  }
}
