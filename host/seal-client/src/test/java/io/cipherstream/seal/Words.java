package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.LimbEngine;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/** A second engine, whose words are compared with those of a pair's. */
final class Words implements AutoCloseable {

  final CkksEvaluator limb;
  private final LimbPair pair;
  private final LimbEngine engine;

  Words(LimbPair pair, LimbEngine engine) {
    this.pair = pair;
    this.engine = engine;
    this.limb = new CkksEvaluator(new LimbArithmetic(pair.set, engine, 1L << 30));
  }

  /** An operation here on a ciphertext of the pair's engine; its words. */
  ByteBuffer on(Ciphertext a, UnaryOperator<Ciphertext> operation) {
    try (HostCiphertext host = pair.limb.take(a);
        Ciphertext here = limb.bring(host);
        Ciphertext result = operation.apply(here)) {
      return pair.words(result);
    }
  }

  void same(String what, Ciphertext expected, ByteBuffer actual) {
    assertThat(actual)
        .as("%s on %s and %s, seed %d", what, engine.name(), pair.engine.name(), pair.seed)
        .isEqualTo(pair.words(expected));
  }

  @Override
  public void close() {
    limb.close();
    engine.close();
  }
}
