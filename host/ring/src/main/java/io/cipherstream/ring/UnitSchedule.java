package io.cipherstream.ring;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A program in an order for a device with two kinds of units, one for transforms and one for
 * word-wise instructions, that looks for work among the next few instructions only.
 *
 * <p>A list schedule: whenever a unit is free it takes, of the instructions that wait for nothing,
 * the one with the longest way to the program's end; the order is that in which they start. The
 * unit of time is half the time of a word-wise instruction, so that a transform takes log₂N.
 * Results do not change: instructions that depend on each other keep their order.
 */
public final class UnitSchedule {

  /** Time of a word-wise instruction: a limb through a port as wide as the lanes. */
  private static final double WORDWISE = 2;

  /** Memory's part in the time until a result may be read, in the same unit. */
  private static final double MEMORY = 0.2;

  private static final int NONE = -1;

  private final LimbProgram program;
  private final Links before;
  private final Links after;
  private final double[] toEnd;
  private final double transform;

  private UnitSchedule(LimbProgram program) {
    this.program = program;
    this.before = Hazards.of(program).predecessors();
    this.after = before.reversed();
    this.transform = program.ring().degreeBits();
    this.toEnd = new double[program.instructions().size()];
    for (int i = toEnd.length - 1; i >= 0; i--) {
      for (int next : after.of(i)) {
        toEnd[i] = Math.max(toEnd[i], toEnd[next]);
      }
      toEnd[i] += latency(i);
    }
  }

  /**
   * The same program in that order, one task.
   *
   * @param transformUnits how many transforms run at once, at least 1
   */
  public static LimbProgram of(LimbProgram program, int transformUnits) {
    int[] order = order(program, transformUnits);
    List<Instruction> all = program.instructions();
    return new LimbProgram(
        program.name(),
        program.ring(),
        program.segments(),
        Arrays.stream(order).mapToObj(all::get).toList(),
        new int[] {0});
  }

  /** Numbers of the instructions in that order. */
  static int[] order(LimbProgram program, int transformUnits) {
    if (transformUnits < 1) {
      throw new IllegalArgumentException(transformUnits + " transform units: expected at least 1");
    }
    return new UnitSchedule(program).order(transformUnits);
  }

  private boolean isTransform(int i) {
    Opcode opcode = program.instructions().get(i).opcode();
    return opcode == Opcode.NTT || opcode == Opcode.INTT;
  }

  /** Time until the unit takes the next instruction. */
  private double occupied(int i) {
    return isTransform(i) ? transform : WORDWISE;
  }

  /** Time until another instruction may read the result: a transform loads and stores its limb. */
  private double latency(int i) {
    return MEMORY + occupied(i) + (isTransform(i) || isPermutation(i) ? WORDWISE : 0);
  }

  private boolean isPermutation(int i) {
    return program.instructions().get(i).opcode() == Opcode.PERM;
  }

  private record Event(double at, int finished) {}

  private int[] order(int transformUnits) {
    int count = toEnd.length;
    int[] waits = new int[count];
    Comparator<Integer> first =
        Comparator.<Integer>comparingDouble(i -> -toEnd[i]).thenComparing(i -> i);
    List<PriorityQueue<Integer>> ready =
        List.of(new PriorityQueue<>(first), new PriorityQueue<>(first));
    double[][] freeAt = {new double[transformUnits], new double[1]};
    PriorityQueue<Event> events =
        new PriorityQueue<>(
            Comparator.comparingDouble(Event::at).thenComparingInt(Event::finished));
    for (int i = 0; i < count; i++) {
      waits[i] = before.count(i);
      if (waits[i] == 0) {
        ready.get(kind(i)).add(i);
      }
    }
    int[] order = new int[count];
    int placed = 0;
    double now = 0;
    while (placed < count) {
      for (int kind = 0; kind < 2; kind++) {
        for (int unit = 0; unit < freeAt[kind].length && !ready.get(kind).isEmpty(); unit++) {
          if (freeAt[kind][unit] <= now) {
            int i = ready.get(kind).remove();
            order[placed++] = i;
            freeAt[kind][unit] = now + occupied(i);
            events.add(new Event(now + occupied(i), NONE));
            events.add(new Event(now + latency(i), i));
          }
        }
      }
      if (placed < count) {
        now = wake(events, waits, ready);
      }
    }
    return order;
  }

  private int kind(int i) {
    return isTransform(i) ? 0 : 1;
  }

  /** The next time at which something is finished or free. */
  private double wake(
      PriorityQueue<Event> events, int[] waits, List<PriorityQueue<Integer>> ready) {
    double now = events.element().at();
    while (!events.isEmpty() && events.peek().at() <= now) {
      int finished = events.remove().finished();
      if (finished != NONE) {
        for (int next : after.of(finished)) {
          if (--waits[next] == 0) {
            ready.get(kind(next)).add(next);
          }
        }
      }
    }
    return now;
  }
}
