package io.cipherstream.server.engine;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.OperationObserver;
import io.cipherstream.engine.ComputeEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.transformer.FallbackRun;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.RunSeed;
import io.cipherstream.transformer.ServerModel;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What computes for one parameter set, behind the network side: what comes in and goes out is
 * SEAL's, between them the chosen engine computes.
 */
final class EngineBackend implements CryptoBackend, AutoCloseable {

  private final ComputeEngine engine;
  private final SealArithmetic seal;
  private final Function<String, OperationObserver> observers;
  private final Map<String, OperationObserver> observerOf = new ConcurrentHashMap<>();

  /**
   * @param engine closed with this
   * @param observers the observer of an engine's operations by its name
   */
  EngineBackend(ComputeEngine engine, Function<String, OperationObserver> observers) {
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

  /** Starts an inference on the engine, with SEAL behind it. */
  Computation start(ServerModel model, InferenceMode mode, int tokenClass, EvaluationKeys keys) {
    Optional<ComputeEngine.Use> use = engine.use();
    if (use.isEmpty()) {
      return Computations.of(
          model.start(mode, tokenClass, keys, evaluator(), RunSeed.random()), seal.name());
    }
    ComputeEngine.Use on = use.get();
    try {
      FallbackRun.Primary primary =
          new FallbackRun.Primary(observed(on.evaluator()), on::enter, on::leave, on::failed);
      return Computations.of(
          new FallbackRun(model, mode, tokenClass, keys, primary, evaluator()), on::close);
    } catch (RuntimeException | Error e) {
      on.close();
      throw e;
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  @Override
  public Ciphertext importSeeded(int limbs, double scale, ByteBuffer c0Words, byte[] seed) {
    return seal.importSeeded(limbs, scale, c0Words, seed);
  }

  @Override
  public KeyImport newKeys() {
    return new SealKeyImport(seal.newKeys());
  }

  @Override
  public Ciphertext rerandomize(Ciphertext reply, EvaluationKeys keys) {
    return seal.addEncryptionOfZero(reply, keys);
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
