/**
 * Limb arithmetic and limb programs. A limb is N residues modulo one prime; a limb program is a
 * checked sequence of limb instructions, the one contract between what compiles to limbs and the
 * engines that compute on them. This package knows nothing of CKKS, of models or of the network.
 */
@NullMarked
package io.cipherstream.ring;

import org.jspecify.annotations.NullMarked;
