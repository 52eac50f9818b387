package io.cipherstream.core;

import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.Segment;
import java.util.List;

/**
 * What the clusters of a card run: operations on slots of one limb each, and on the segments of a
 * limb program. The meaning is that of the operations one after the other; the clusters run them as
 * their operands come, and hardware keeps the order that the slots and tags ask for. Checked when
 * it is built, immutable.
 *
 * @param clusters how many clusters share it
 * @param slots how many slots it uses of each
 * @param segments by number; arguments as those of the limb program, then scratch
 */
public record CoreProgram(
    String name, LimbRing ring, int clusters, int slots, List<Segment> segments, List<CoreOp> ops) {

  /**
   * @throws ProgramException if a rule is broken; the text says which
   */
  public CoreProgram {
    segments = List.copyOf(segments);
    ops = List.copyOf(ops);
    new CoreChecks(name, ring, clusters, slots, segments).check(ops);
  }

  @Override
  public String toString() {
    return "core program " + name + " of " + ops.size() + " operations";
  }
}
