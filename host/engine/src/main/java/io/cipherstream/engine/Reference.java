package io.cipherstream.engine;

import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import org.jspecify.annotations.Nullable;

/**
 * What computes for a parameter set when its engine does not: SEAL's own arithmetic where the set
 * has one special prime. SEAL switches no keys with several, so of such a set it is limb programs
 * on SEAL's portable routines: the same programs as on every engine, one thread each, no vector
 * code.
 */
final class Reference implements AutoCloseable {

  private final SealArithmetic seal;
  private final CkksEvaluator evaluator;
  private final @Nullable LimbEngine portable;

  private Reference(SealArithmetic seal, CkksEvaluator evaluator, @Nullable LimbEngine portable) {
    this.seal = seal;
    this.evaluator = evaluator;
    this.portable = portable;
  }

  /**
   * @param seal of the set; closed with this
   * @param residentBytesMax bytes that keys and weights not in use may take on the portable engine
   */
  static Reference of(CkksParameters parameters, SealArithmetic seal, long residentBytesMax) {
    if (!parameters.hybrid()) {
      return new Reference(seal, new CkksEvaluator(seal), null);
    }
    LimbEngine portable = SealEngine.withPortableKernels(parameters.ring());
    LimbArithmetic arithmetic = new LimbArithmetic(parameters, portable, residentBytesMax);
    return new Reference(seal, new CkksEvaluator(arithmetic), portable);
  }

  /** Makes keys and expands seeds, of any set. */
  SealArithmetic seal() {
    return seal;
  }

  CkksEvaluator evaluator() {
    return evaluator;
  }

  @Override
  public void close() {
    try (seal;
        LimbEngine below = portable) {
      evaluator.close();
    }
  }
}
