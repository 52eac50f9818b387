package io.cipherstream.ckks.limb;

import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * Scratch for many key switches of one program: as many sets as may run at once. Engines in host
 * memory get few, which stay in the cache; devices one for each, so that nothing waits.
 */
final class Lanes {

  /** Scratch of one rotation. */
  record Lane(KeySwitch.Lane keySwitch, Segment work) {}

  private final List<Lane> lanes = new ArrayList<>();
  private final Emitter e;
  private final KeySwitch keySwitch;
  private final int limbs;
  private final int count;
  private final boolean divisionOnly;
  private int next;

  /**
   * @param count sets, at least 1
   * @param divisionOnly whether the key switches are hoisted, which need less
   */
  Lanes(Emitter e, KeySwitch keySwitch, int limbs, int count, boolean divisionOnly) {
    this.e = e;
    this.keySwitch = keySwitch;
    this.limbs = limbs;
    this.count = count;
    this.divisionOnly = divisionOnly;
  }

  /** The next set, in turn. */
  Lane next() {
    if (lanes.size() < count) {
      lanes.add(
          new Lane(
              divisionOnly ? keySwitch.divisionLane() : keySwitch.lane(),
              e.scratch("work", 2 * limbs)));
    }
    return lanes.get(next++ % lanes.size());
  }
}
