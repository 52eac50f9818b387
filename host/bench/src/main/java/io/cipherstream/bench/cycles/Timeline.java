package io.cipherstream.bench.cycles;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/**
 * Time in cycles with two kinds of things that take some: timers, and streams whose speed depends
 * on what else wants the memory. Streams on one port share its width, and all share the memory's
 * bandwidth, in proportion to what they ask for. Jumps from event to event. Not thread-safe.
 */
final class Timeline {

  /** Streams end together if they end this close. */
  private static final double ROUNDING = 1e-6;

  /** A number of bytes on a port. */
  record Load(Port port, double bytesPerCycle) {}

  private static final class Stream {
    private final List<Load> loads;
    private final boolean work;
    private final Runnable done;
    private double left;
    private double speed;

    Stream(List<Load> loads, boolean work, double left, Runnable done) {
      this.loads = loads;
      this.work = work;
      this.left = left;
      this.done = done;
    }
  }

  private record Timer(double at, long order, Runnable done) {}

  private final double bytesPerCycle;
  private final ToDoubleFunction<Port> portBytes;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingDouble(Timer::at).thenComparingLong(Timer::order));
  private final List<Stream> streams = new ArrayList<>();
  private final Map<Port, Double> moved = new EnumMap<>(Port.class);
  private double now;
  private double rowShare;
  private double both;
  private long order;

  /**
   * @param bytesPerCycle of the memory
   * @param portBytes of a port in a cycle
   */
  Timeline(double bytesPerCycle, ToDoubleFunction<Port> portBytes) {
    this.bytesPerCycle = bytesPerCycle;
    this.portBytes = portBytes;
  }

  double now() {
    return now;
  }

  Map<Port, Double> moved() {
    return moved;
  }

  /** Cycles in which rows of butterflies and beats of words were issued. */
  double both() {
    return both;
  }

  /** Adds to the share of cycles in which a row of butterflies is issued. */
  void addRowShare(double share) {
    rowShare += share;
  }

  /** Does something so many cycles from now. */
  void after(double cycles, Runnable done) {
    timers.add(new Timer(now + cycles, order++, done));
  }

  /** Does something at a time, now if that is past. */
  void at(double time, Runnable done) {
    after(Math.max(0, time - now), done);
  }

  /**
   * Moves data for so many cycles at full speed, then does something.
   *
   * @param work whether beats of the vector unit are issued meanwhile
   */
  void stream(double cycles, boolean work, List<Load> loads, Runnable done) {
    streams.add(new Stream(loads, work, cycles, done));
  }

  /** Runs until nothing is left; {@code settle} after each event. */
  void run(Runnable settle) {
    settle.run();
    while (!timers.isEmpty() || !streams.isEmpty()) {
      setSpeeds();
      double next = timers.isEmpty() ? Double.POSITIVE_INFINITY : timers.peek().at();
      for (Stream s : streams) {
        next = Math.min(next, now + s.left / s.speed);
      }
      advance(next - now);
      now = next;
      while (!timers.isEmpty() && timers.peek().at() <= now) {
        timers.remove().done().run();
      }
      List<Stream> ended = streams.stream().filter(s -> s.left <= ROUNDING).toList();
      streams.removeAll(ended);
      ended.forEach(s -> s.done.run());
      settle.run();
    }
  }

  private void setSpeeds() {
    Map<Port, Double> asked = new EnumMap<>(Port.class);
    double all = 0;
    for (Stream s : streams) {
      for (Load l : s.loads) {
        asked.merge(l.port(), l.bytesPerCycle(), Double::sum);
        all += l.bytesPerCycle();
      }
    }
    for (Stream s : streams) {
      s.speed = all == 0 ? 1 : Math.min(1, bytesPerCycle / all);
      for (Load l : s.loads) {
        s.speed =
            Math.min(
                s.speed, portBytes.applyAsDouble(l.port()) / asked.getOrDefault(l.port(), 0.0));
      }
    }
  }

  private void advance(double cycles) {
    double issuing = 0;
    for (Stream s : streams) {
      s.left -= cycles * s.speed;
      issuing += s.work ? s.speed : 0;
      for (Load l : s.loads) {
        moved.merge(l.port(), cycles * s.speed * l.bytesPerCycle(), Double::sum);
      }
    }
    both += cycles * Math.min(1, rowShare) * Math.min(1, issuing);
  }
}
