package io.cipherstream.opencl.image;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The cycles for which instructions keep clusters busy, one after the other: {@link
 * ClusterShape#transformCycles} for a transform, N / M for a product, N / Q for all others, most of
 * which cost nothing where they are part of a transform.
 *
 * @param byOpcode busy cycles of each kind of instruction
 * @param bound cycles of all of them if butterflies and products always work: a lower bound
 */
public record CoreCycles(Map<Opcode, Long> byOpcode, long bound) {

  public CoreCycles {
    byOpcode = Map.copyOf(byOpcode);
  }

  /** The cycles of some instructions over a ring. */
  public static CoreCycles of(List<Instruction> instructions, LimbRing ring, ClusterShape shape) {
    long transform = (long) shape.transformCycles(ring.degree());
    long product = Math.max(1, ring.degree() / shape.products());
    long words = (long) shape.streamCycles(ring.degree());
    Map<Opcode, Long> cycles = new EnumMap<>(Opcode.class);
    long transforms = 0;
    long products = 0;
    for (Instruction i : instructions) {
      switch (i.opcode()) {
        case NTT, INTT -> {
          cycles.merge(i.opcode(), transform, Long::sum);
          transforms += transform;
        }
        case MUL, MAC, MACC -> {
          cycles.merge(i.opcode(), product, Long::sum);
          products += product;
        }
        default -> cycles.merge(i.opcode(), words, Long::sum);
      }
    }
    return new CoreCycles(cycles, Math.max(transforms, products) / shape.clusters());
  }

  /** Busy cycles of all of them. */
  public long sum() {
    return byOpcode.values().stream().mapToLong(Long::longValue).sum();
  }
}
