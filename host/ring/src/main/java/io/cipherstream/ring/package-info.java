/**
 * Limb arithmetic: moduli, roots of unity, negacyclic transforms. A limb is N residues modulo one
 * prime. This package knows nothing of CKKS, of models or of the network.
 */
@NullMarked
package io.cipherstream.ring;

import org.jspecify.annotations.NullMarked;
