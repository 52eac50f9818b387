package io.cipherstream.bench.work;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.seal.SealEvaluationKeys;

/**
 * An evaluator under measurement.
 *
 * @param asynchronous whether operations return before they are finished
 * @param sealOnly whether sums of products are to be chains of SEAL's own operations, since SEAL
 *     has no fused ones
 */
record Subject(
    CkksEvaluator evaluator,
    KeySource keys,
    boolean asynchronous,
    boolean sealOnly,
    Runnable closing)
    implements AutoCloseable {

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
