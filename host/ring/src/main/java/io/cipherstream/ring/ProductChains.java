package io.cipherstream.ring;

import java.util.Arrays;
import java.util.List;

/** Finds the chains of products that {@link LaunchPlan} fuses. */
final class ProductChains {

  /** No instruction. */
  static final int NONE = RegionTracker.NONE;

  private ProductChains() {}

  /** For each instruction the one before it in its chain, or {@link #NONE}. */
  static int[] of(LimbProgram program, Hazards hazards) {
    List<Instruction> instructions = program.instructions();
    Links links = hazards.predecessors();
    int count = instructions.size();
    int[] previous = new int[count];
    int[] head = new int[count];
    boolean[] ended = new boolean[count];
    Arrays.fill(previous, NONE);
    for (int i = 0; i < count; i++) {
      head[i] = i;
      int writer = hazards.soleWriter(i);
      if (writer != NONE
          && !ended[head[writer]]
          && continues(instructions.get(writer), instructions.get(i))) {
        previous[i] = writer;
        head[i] = head[writer];
      }
      // What overwrites an operand of a chain ends it: its elements cannot be read any later.
      for (int at = links.starts()[i]; at < links.starts()[i + 1]; at++) {
        if (hazards.isReader(at)) {
          ended[head[links.targets()[at]]] = true;
        }
      }
    }
    return previous;
  }

  private static boolean continues(Instruction writer, Instruction next) {
    return accumulates(next.opcode())
        && (writer.opcode() == Opcode.MUL || accumulates(writer.opcode()))
        && writer.modulus() == next.modulus()
        && writer.d() != null
        && writer.d().equals(next.d());
  }

  private static boolean accumulates(Opcode opcode) {
    return opcode == Opcode.MAC || opcode == Opcode.MACC;
  }
}
