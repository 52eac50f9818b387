package io.cipherstream.ring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Builds one random program. It keeps, for every cell of a few lines, the modulus whose residues
 * the cell holds, so that every operand is canonical; choices that find no fitting place fall back
 * to a FILL, so that every round adds an instruction.
 */
final class RandomProgram {

  /** A cell's content before anything is written to it. */
  private static final int UNDEFINED = -1;

  private static final int TRIES = 12;

  private final LimbRing ring;
  private final SplittableRandom random;
  private final ProgramBuilder builder;
  private final int moduli;
  private final int limbCells;
  private final int cellLines;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Segment> writable = new ArrayList<>();
  private final List<int[]> held = new ArrayList<>();

  /** Products still to come on one result. */
  private record Chain(Operand d, int modulus, int left) {}

  private final Deque<Chain> chains = new ArrayDeque<>();

  RandomProgram(String name, LimbRing ring, SplittableRandom random) {
    this.ring = ring;
    this.random = random;
    this.builder = LimbProgram.builder(name, ring);
    this.moduli = ring.moduli().size();
    this.limbCells = Math.min(8, ring.limbLines());
    this.cellLines = ring.limbLines() / limbCells;
  }

  LimbProgram build(int instructions) {
    Segment.Access[] order = {
      Segment.Access.INPUT,
      Segment.Access.UPDATE,
      Segment.Access.SCRATCH,
      Segment.Access.OUTPUT,
      Segment.Access.INPUT,
      Segment.Access.SCRATCH
    };
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Segment.Access swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    for (Segment.Access access : order) {
      declare(access);
    }
    for (int i = 0; i < instructions; i++) {
      if (random.nextInt(8) == 0) {
        builder.task();
      }
      one();
    }
    return builder.build();
  }

  /** A segment of some limbs; what is defined in it holds a limb of each modulus and more. */
  private void declare(Segment.Access access) {
    int limbs = moduli + 2 + random.nextInt(3);
    Segment segment =
        builder.segment(
            access.name().toLowerCase(java.util.Locale.ROOT) + segments.size(),
            access,
            (long) limbs * ring.degree());
    int[] cells = new int[limbs * limbCells];
    Arrays.fill(cells, UNDEFINED);
    if (access.defined()) {
      for (int limb = 0; limb < limbs; limb++) {
        int modulus = limb < moduli ? limb : random.nextInt(moduli);
        Arrays.fill(cells, limb * limbCells, (limb + 1) * limbCells, modulus);
      }
    }
    segments.add(segment);
    held.add(cells);
    if (access.writable()) {
      writable.add(segment);
    }
  }

  private void one() {
    int q = random.nextInt(moduli);
    Opcode opcode = Opcode.values()[random.nextInt(Opcode.values().length)];
    Chain chain = chains.poll();
    if (chain != null && random.nextInt(3) > 0) {
      opcode = random.nextInt(3) == 0 ? Opcode.MACC : Opcode.MAC;
      q = chain.modulus();
      chains.add(new Chain(chain.d(), q, chain.left() - 1));
    } else if (chain != null) {
      chains.add(chain);
      chain = null;
    }
    chains.removeIf(c -> c.left() <= 0);

    int source = opcode.hasSourceModulus() ? random.nextInt(moduli) : 0;
    int read = opcode.hasSourceModulus() ? source : q;
    Operand a = opcode.readsA() ? place(segments, read, limbCells) : null;
    Repeat repeat = opcode.repeatsB() && random.nextInt(3) == 0 ? repeat() : Repeat.NONE;
    Operand b = null;
    if (opcode.readsB()) {
      b = repeat.equals(Repeat.NONE) && random.nextInt(8) == 0 ? a : shortOperand(repeat, q);
    }
    Operand d = null;
    if (opcode.writesD()) {
      d = chain != null ? chain.d() : result(opcode, repeat, a, b, q);
    }
    boolean found =
        opcode.readsA() == (a != null)
            && opcode.readsB() == (b != null)
            && opcode.writesD() == (d != null)
            && fits(opcode, repeat, d, a, b, q);
    if (!found) {
      fill(q);
      return;
    }
    long constant = opcode.hasConstant() ? constant(q) : 0;
    int galois = opcode.hasGalois() ? 2 * random.nextInt(ring.degree()) + 1 : 0;
    builder.append(new Instruction(opcode, q, source, repeat, galois, constant, d, a, b));
    if (d != null) {
      mark(d, q);
      if (opcode == Opcode.MUL || opcode == Opcode.MAC || opcode == Opcode.MACC) {
        if (chain == null && random.nextBoolean()) {
          chains.add(new Chain(d, q, 1 + random.nextInt(6)));
        }
      }
    }
  }

  private void fill(int q) {
    Segment target = writable.get(random.nextInt(writable.size()));
    Operand d = anywhere(target);
    builder.fill(q, d, constant(q));
    mark(d, q);
  }

  private long constant(int q) {
    long value = ring.modulus(q).value();
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> value - 1;
      default -> random.nextLong(value);
    };
  }

  /** A repetition that leaves at least a line. */
  private Repeat repeat() {
    int shifts = Integer.numberOfTrailingZeros(ring.limbLines());
    return random.nextBoolean()
        ? new Repeat(random.nextInt(shifts), true)
        : new Repeat(1 + random.nextInt(shifts), false);
  }

  /** Where a result may lie: often in place of an operand, if the instruction allows it. */
  private @Nullable Operand result(
      Opcode opcode, Repeat repeat, @Nullable Operand a, @Nullable Operand b, int q) {
    if (opcode.readsD()) {
      return place(writable, q, limbCells);
    }
    if (opcode.inPlace() && random.nextInt(3) == 0) {
      Operand same = b != null && repeat.equals(Repeat.NONE) && random.nextBoolean() ? b : a;
      if (same != null && segments.get(same.segment()).access().writable()) {
        return same;
      }
    }
    return anywhere(writable.get(random.nextInt(writable.size())));
  }

  /** Whether result and operands keep the aliasing rule and hold what the instruction reads. */
  private boolean fits(
      Opcode opcode,
      Repeat repeat,
      @Nullable Operand d,
      @Nullable Operand a,
      @Nullable Operand b,
      int q) {
    if (d == null) {
      return true;
    }
    int limb = ring.limbLines();
    int bLines = repeat.words(ring.degree()) / DescriptorLayout.LINE_WORDS;
    return (!opcode.readsD() || holds(d, q, limbCells))
        && disjoint(opcode, d, a, limb)
        && disjoint(opcode, d, b, bLines);
  }

  private boolean disjoint(Opcode opcode, Operand d, @Nullable Operand other, int lines) {
    int limb = ring.limbLines();
    return other == null
        || other.segment() != d.segment()
        || (opcode.inPlace() && other.line() == d.line() && lines == limb)
        || other.line() + lines <= d.line()
        || d.line() + limb <= other.line();
  }

  /** A limb's place, at a limb's boundary more often than not. */
  private Operand anywhere(Segment segment) {
    int cells = held.get(segment.index()).length;
    int cell =
        random.nextInt(3) > 0
            ? random.nextInt(cells / limbCells) * limbCells
            : random.nextInt(cells - limbCells + 1);
    return new Operand(segment.index(), cell * cellLines);
  }

  /** Some place with residues of q, or null if the tries find none. */
  private @Nullable Operand place(List<Segment> from, int q, int cells) {
    for (int t = 0; t < TRIES; t++) {
      Operand operand = anywhere(from.get(random.nextInt(from.size())));
      if (holds(operand, q, cells)) {
        return operand;
      }
    }
    return null;
  }

  /** A short operand within residues of q, at any line. */
  private @Nullable Operand shortOperand(Repeat repeat, int q) {
    int lines = repeat.words(ring.degree()) / DescriptorLayout.LINE_WORDS;
    Operand limb = place(segments, q, limbCells);
    return limb == null
        ? null
        : new Operand(limb.segment(), limb.line() + random.nextInt(ring.limbLines() - lines + 1));
  }

  private boolean holds(Operand operand, int q, int cells) {
    int[] content = held.get(operand.segment());
    int first = operand.line() / cellLines;
    for (int c = first; c < first + cells; c++) {
      if (content[c] != q) {
        return false;
      }
    }
    return true;
  }

  private void mark(Operand d, int q) {
    int first = d.line() / cellLines;
    Arrays.fill(held.get(d.segment()), first, first + limbCells, q);
  }
}
