/**
 * CKKS compiled to limb programs: every operation becomes a {@link
 * io.cipherstream.ring.LimbProgram} whose words equal those of SEAL's evaluator, so any engine can
 * run it. This package knows no engine in particular, no model and no network.
 */
@NullMarked
package io.cipherstream.ckks.limb;

import org.jspecify.annotations.NullMarked;
