package io.cipherstream.server.engine;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.seal.SealEvaluationKeys;
import io.cipherstream.seal.SealEvaluator;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;

/** SEAL behind the network side, for one parameter set. */
final class SealBackend implements CryptoBackend {

  private final SealEvaluator evaluator;

  SealBackend(SealEvaluator evaluator) {
    this.evaluator = evaluator;
  }

  SealEvaluator evaluator() {
    return evaluator;
  }

  @Override
  public Ciphertext importSeeded(int limbs, double scale, ByteBuffer c0Words, byte[] seed) {
    return evaluator.importSeeded(limbs, scale, c0Words, seed);
  }

  @Override
  public KeyImport newKeys() {
    return new SealKeyImport(evaluator.newKeys());
  }

  @Override
  public Ciphertext rerandomize(Ciphertext reply, EvaluationKeys keys) {
    return evaluator.addEncryptionOfZero(reply, keys);
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
