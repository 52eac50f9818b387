package io.cipherstream.ckks.limb;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Modulus;
import io.cipherstream.ring.Operand;

/**
 * Fast conversion of residues modulo m₀ … m₍n₋₁₎, M their product, to another modulus.
 *
 * <pre>yᵢ = xᵢ·(M/mᵢ)⁻¹ mod mᵢ,   x̂ = Σᵢ yᵢ·M/mᵢ,   x̂ ≡ x modulo M,   0 ≤ x̂ &lt; n·M</pre>
 *
 * The integer x̂ is x plus a multiple of M that is not known; whoever converts makes it harmless.
 * {@link #digits} gives yᵢ, {@link #convert} x̂ modulo another modulus: a chain of MACC.
 */
final class BaseConversion {

  private final Emitter e;
  private final LimbRing ring;
  private final int[] from;

  /**
   * @param from indices of the moduli mᵢ
   */
  BaseConversion(Emitter emitter, int... from) {
    this.e = emitter;
    this.ring = emitter.parameters().ring();
    this.from = from.clone();
  }

  /** x[i] becomes yᵢ; coefficient form. */
  void digits(Operand[] x) {
    for (int i = 0; from.length > 1 && i < from.length; i++) {
      Modulus m = ring.modulus(from[i]);
      e.code().scale(from[i], x[i], x[i], m.inverse(productWithout(i, m)));
    }
  }

  /** to = (x̂ + addend) mod q, coefficient form, for a modulus other than the mᵢ. */
  void convert(int modulus, Operand to, Operand[] y, long addend) {
    if (from.length == 1) {
      e.code().reduce(modulus, to, y[0], from[0]);
      if (addend != 0) {
        e.code().addc(modulus, to, to, addend);
      }
      return;
    }
    Modulus q = ring.modulus(modulus);
    e.code().fill(modulus, to, addend);
    for (int i = 0; i < from.length; i++) {
      e.code().macc(modulus, to, y[i], from[i], productWithout(i, q));
    }
  }

  /** M/mᵢ mod q. */
  private long productWithout(int i, Modulus q) {
    long product = 1;
    for (int j = 0; j < from.length; j++) {
      if (j != i) {
        product = q.multiply(product, ring.modulus(from[j]).value() % q.value());
      }
    }
    return product;
  }
}
