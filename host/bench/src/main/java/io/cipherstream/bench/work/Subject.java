package io.cipherstream.bench.work;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.seal.SealEvaluationKeys;
import java.nio.ByteBuffer;

/**
 * An evaluator under measurement and how it takes raw words.
 *
 * @param asynchronous whether operations return before they are finished
 * @param sealOnly whether sums of products are to be chains of SEAL's own operations, since SEAL
 *     has no fused ones
 */
record Subject(
    CkksEvaluator evaluator,
    Importer importer,
    KeySource keys,
    boolean asynchronous,
    boolean sealOnly,
    Runnable closing)
    implements AutoCloseable {

  /** A ciphertext from words {@code [poly][limb][coefficient]}. */
  @FunctionalInterface
  interface Importer {
    Ciphertext of(int size, int limbs, double scale, ByteBuffer words);
  }

  /** An empty set of evaluation keys. */
  @FunctionalInterface
  interface KeySource {
    SealEvaluationKeys.Builder begin();
  }

  @Override
  public void close() {
    closing.run();
  }
}
