package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Operand;
import io.cipherstream.ring.Segment;
import java.util.List;

/** Programs that rotate one ciphertext several times. */
final class RotationPrograms {

  private RotationPrograms() {}

  /** Hoisted rotations: input, a prepared key for each step, an output for each step. */
  static LimbProgram hoisted(CkksParameters p, int limbs, List<Integer> steps, int lanes) {
    Emitter e = new Emitter("hoisted rotations", p);
    Segment a = e.cipherInput("a", 2, limbs);
    Segment[] keys = new Segment[steps.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] =
          e.code().input("key " + steps.get(i), HoistedKeySwitch.preparedWords(limbs, e.degree()));
    }
    KeySwitch keySwitch = new KeySwitch(e, limbs);
    HoistedKeySwitch.Shared shared =
        HoistedKeySwitch.decompose(e, keySwitch, limbs, e.poly(a, limbs, 0), e.poly(a, limbs, 1));
    Lanes scratch = new Lanes(e, keySwitch, limbs, lanes, true);
    for (int i = 0; i < keys.length; i++) {
      e.code().task();
      Segment out = e.cipherOutput("rotated by " + steps.get(i), 2, limbs);
      Lanes.Lane lane = scratch.next();
      HoistedKeySwitch.rotate(
          e,
          keySwitch,
          limbs,
          shared,
          keys[i],
          p.galoisElement(steps.get(i)),
          new Operand[][] {e.poly(out, limbs, 0), e.poly(out, limbs, 1)},
          lane.keySwitch(),
          lane.work());
    }
    return e.build();
  }
}
