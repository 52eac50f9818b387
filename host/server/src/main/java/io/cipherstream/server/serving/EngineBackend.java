package io.cipherstream.server.serving;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.Flooding;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.ComputeEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.ServerModel;
import io.cipherstream.transformer.ServerRun;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The computation for one parameter set, below the network side: the chosen engine, and SEAL, which
 * expands seeds, holds keys, re-randomises replies and recomputes what an engine failed at.
 */
final class EngineBackend implements CryptoBackend, AutoCloseable {

  private final ComputeEngine engine;
  private final SealArithmetic seal;
  private final Flooding flooding;
  private final Function<String, OperationObserver> observers;
  private final Map<String, OperationObserver> observerOf = new ConcurrentHashMap<>();

  /**
   * @param engine closed with this
   * @param answerNoise standard deviation of the noise in answers that are flooded
   * @param observers the observer of an engine's operations by its name
   */
  EngineBackend(
      ComputeEngine engine, double answerNoise, Function<String, OperationObserver> observers) {
    this.flooding = new Flooding(engine.trusted().parameters(), answerNoise);
    this.engine = engine;
    this.seal = engine.seal();
    this.observers = observers;
  }

  /** The engine's name. */
  String name() {
    return engine.name();
  }

  /** SEAL's evaluator, observed. */
  CkksEvaluator evaluator() {
    return observed(engine.trusted());
  }

  private CkksEvaluator observed(CkksEvaluator inner) {
    return inner.observedBy(observerOf.computeIfAbsent(inner.name(), observers));
  }

  /** Starts an inference on the engine, with SEAL behind it, or on SEAL alone. */
  ServerRun start(ServerModel model, InferenceMode mode, int tokenClass, EvaluationKeys keys) {
    Optional<ComputeEngine.Use> use = engine.use();
    try {
      Optional<FallbackRun.Primary> primary =
          use.map(on -> new FallbackRun.Primary(observed(on.evaluator()), on::failed, on::close));
      return new FallbackRun(model, mode, tokenClass, keys, primary, evaluator());
    } catch (RuntimeException | Error e) {
      use.ifPresent(ComputeEngine.Use::close);
      throw e;
    }
  }

  /** The same for what is no transformer. */
  ServerRun start(RoundlessRun.Program program) {
    Optional<ComputeEngine.Use> use = engine.use();
    Optional<FallbackRun.Primary> primary =
        use.map(on -> new FallbackRun.Primary(observed(on.evaluator()), on::failed, on::close));
    return new RoundlessRun(program, primary, evaluator());
  }

  @Override
  public void close() {
    engine.close();
  }

  @Override
  public void expandSeed(int limbs, byte[] seed, ByteBuffer words) {
    seal.expandSeed(limbs, seed, words);
  }

  @Override
  public KeyImport newKeys() {
    return new SealKeyImport(seal.newKeys());
  }

  @Override
  public void rerandomize(HostCiphertext reply, EvaluationKeys keys) {
    seal.addEncryptionOfZero(reply, keys);
  }

  @Override
  public void flood(HostCiphertext answer, boolean apart) {
    flooding.add(answer, apart ? 1 : engine.trusted().parameters().slots());
  }

  private record SealKeyImport(SealEvaluationKeys.Builder builder) implements KeyImport {

    @Override
    public void digit(KeySpec key, int digit, byte[] seed, ByteBuffer c0Words) {
      switch (key.kind()) {
        case ROTATION_KEY ->
            builder.addRotationDigit(key.step(), key.limbs(), digit, seed, c0Words);
        case RELINEARIZATION_KEY ->
            builder.addRelinearizationDigit(key.limbs(), digit, seed, c0Words);
        case PUBLIC_KEY -> builder.publicKey(key.limbs(), seed, c0Words);
        default -> throw new IllegalArgumentException(key + " is not a key");
      }
    }

    @Override
    public EvaluationKeys build() {
      return builder.build();
    }

    @Override
    public void close() {
      builder.close();
    }
  }
}
