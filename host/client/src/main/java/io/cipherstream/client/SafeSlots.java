package io.cipherstream.client;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.transformer.CiphertextSpec;

/**
 * Makes any slot vector encryptable. If the client refused to encode the answer to an odd decrypted
 * value, the refusal would reveal something about the plaintext. So values beyond the ciphertext's
 * range are clamped, and not-a-number becomes 0.
 */
final class SafeSlots {

  /** Bits of headroom below the modulus, for noise and the sign. */
  private static final int HEADROOM_BITS = 3;

  private SafeSlots() {}

  /** Largest absolute slot value that is encrypted at that level and scale. */
  static double bound(CkksParameters parameters, CiphertextSpec spec) {
    return Math.pow(2, parameters.modulusBits(spec.limbs()) - HEADROOM_BITS) / spec.scale();
  }

  /** The vector with every value in [−bound, bound]; counts those that were not. */
  static int clamp(double[] slots, double bound) {
    int changed = 0;
    for (int i = 0; i < slots.length; i++) {
      double value = slots[i];
      if (!(Math.abs(value) <= bound)) {
        slots[i] = Double.isNaN(value) ? 0 : Math.copySign(bound, value);
        changed++;
      }
    }
    return changed;
  }
}
