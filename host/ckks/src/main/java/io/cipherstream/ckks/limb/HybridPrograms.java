package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.util.List;

/**
 * Operations that switch keys with several special primes.
 *
 * <p>A rotation is σ(c₀ + ks₀(c₁), ks₁(c₁)) with a key that switches from s to σ⁻¹(s): the
 * automorphism comes last. So the digits of c₁ serve all rotations of a ciphertext, and one
 * rotation gives the same words alone and among others.
 */
final class HybridPrograms {

  /** No polynomials to add. */
  private static final Operand[][] NONE = {{}, {}};

  private HybridPrograms() {}

  /** Size 3 to size 2: input, key, output. */
  static LimbProgram relinearize(CkksParameters p, int limbs, int keyLimbs) {
    Emitter e = new Emitter("relinearize", p);
    Segment a = e.cipherInput("a", 3, limbs);
    Segment key = e.keyInput("key", keyLimbs);
    Segment out = e.cipherOutput("result", 2, limbs);
    HybridKeySwitch keySwitch = new HybridKeySwitch(e, limbs);
    keySwitch.switchKey(
        keySwitch.modUp(e.poly(a, limbs, 2), keySwitch.digitScratch()),
        key,
        keyLimbs,
        HybridLane.of(e, limbs, keySwitch.extended()),
        new Operand[][] {e.poly(a, limbs, 0), e.poly(a, limbs, 1)},
        new Operand[][] {e.poly(out, limbs, 0), e.poly(out, limbs, 1)},
        1,
        NONE);
    return e.build();
  }

  /**
   * Rotations of one ciphertext: input, a key for each step, an output for each step.
   *
   * @param keyLimbs limbs of each key, at least ℓ
   * @param lanes rotations that may run at once
   * @param added whether each result is the input plus what is rotated
   */
  static LimbProgram rotations(
      CkksParameters p,
      int limbs,
      List<Integer> steps,
      List<Integer> keyLimbs,
      int lanes,
      boolean added) {
    String name = steps.size() > 1 ? "hoisted rotations" : added ? "plus rotated" : "rotate";
    Emitter e = new Emitter(name, p);
    Segment a = e.cipherInput("a", 2, limbs);
    Segment[] keys = new Segment[steps.size()];
    for (int r = 0; r < keys.length; r++) {
      keys[r] = e.keyInput("key " + steps.get(r), keyLimbs.get(r));
    }
    HybridKeySwitch keySwitch = new HybridKeySwitch(e, limbs);
    HybridKeySwitch.Decomposed digits =
        keySwitch.modUp(e.poly(a, limbs, 1), keySwitch.digitScratch());
    HybridLane[] scratch = new HybridLane[Math.min(lanes, keys.length)];
    for (int r = 0; r < keys.length; r++) {
      Segment out = e.cipherOutput("rotated by " + steps.get(r), 2, limbs);
      if (r < scratch.length) {
        scratch[r] = HybridLane.of(e, limbs, keySwitch.extended());
      }
      keySwitch.switchKey(
          digits,
          keys[r],
          keyLimbs.get(r),
          scratch[r % scratch.length],
          new Operand[][] {e.poly(a, limbs, 0), {}},
          new Operand[][] {e.poly(out, limbs, 0), e.poly(out, limbs, 1)},
          p.galoisElement(steps.get(r)),
          added ? new Operand[][] {e.poly(a, limbs, 0), e.poly(a, limbs, 1)} : NONE);
    }
    return e.build();
  }
}
