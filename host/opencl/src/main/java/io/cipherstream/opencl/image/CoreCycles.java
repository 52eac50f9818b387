package io.cipherstream.opencl.image;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Fewest cycles for which instructions keep a core's units busy: N·log₂N / 2P for a transform, N /
 * min(P, words of a bus beat) for all others. Waiting for operands and for each other is extra.
 *
 * @param byOpcode busy cycles of each kind of instruction, summed over its unit
 * @param bound cycles of all of them if both kinds of unit always work: a lower bound
 */
public record CoreCycles(Map<Opcode, Long> byOpcode, long bound) {

  public CoreCycles {
    byOpcode = Map.copyOf(byOpcode);
  }

  /** The cycles of some instructions over a ring. */
  public static CoreCycles of(
      List<Instruction> instructions, LimbRing ring, CoreParameters parameters) {
    long transform = (long) ring.degree() * ring.degreeBits() / (2L * parameters.lanes());
    long words = ring.degree() / Math.min(parameters.lanes(), parameters.busWords());
    Map<Opcode, Long> cycles = new EnumMap<>(Opcode.class);
    long transforms = 0;
    long others = 0;
    for (Instruction i : instructions) {
      boolean ntt = i.opcode() == Opcode.NTT || i.opcode() == Opcode.INTT;
      cycles.merge(i.opcode(), ntt ? transform : words, Long::sum);
      transforms += ntt ? transform : 0;
      others += ntt ? 0 : words;
    }
    return new CoreCycles(cycles, Math.max(transforms / parameters.nttUnits(), others));
  }

  /**
   * The cycles for which instructions keep clusters busy, one after the other: {@link
   * ClusterShape#transformCycles} for a transform, N / M for a product, N / Q for all others, most
   * of which cost nothing where they are part of a transform.
   */
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

  /** Busy cycles of all units. */
  public long sum() {
    return byOpcode.values().stream().mapToLong(Long::longValue).sum();
  }
}
