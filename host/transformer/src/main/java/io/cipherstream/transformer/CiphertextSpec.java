package io.cipherstream.transformer;

import java.util.Collections;
import java.util.List;

/**
 * Level and scale of one transmitted ciphertext of two polynomials.
 *
 * @param limbs data primes, at least 1
 * @param scale exact double that client and appliance compute identically
 */
public record CiphertextSpec(int limbs, double scale) {

  /** That many of them. */
  List<CiphertextSpec> times(int count) {
    return Collections.nCopies(count, this);
  }
}
