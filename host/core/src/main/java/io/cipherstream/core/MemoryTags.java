package io.cipherstream.core;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramException;
import io.cipherstream.ring.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Accesses to memory in program order, by lines: which earlier ones conflict with the next. A read
 * conflicts with the last writes of its lines; a write with these and with the reads since. Older
 * ones follow through them.
 */
public final class MemoryTags {

  /** A stretch of lines with the same last write and reads since. */
  private record Stretch(int end, int write, List<Integer> reads) {}

  private static final int NONE = -1;

  private final List<Segment> segments;
  private final List<@Nullable NavigableMap<Integer, Stretch>> lines = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private final List<Integer> clusters = new ArrayList<>();

  public MemoryTags(List<Segment> segments) {
    this.segments = segments;
    segments.forEach(s -> lines.add(s.access().writable() ? new TreeMap<>() : null));
  }

  /**
   * Takes the next operation.
   *
   * @throws ProgramException if it does not wait for one it conflicts with
   */
  void check(CoreOp op, LimbRing ring) {
    int number = orders.size();
    Order order = CoreOp.order(op);
    orders.add(order);
    clusters.add(op.cluster());
    if (order.tag() < 0
        || order.tag() >= CoreLayout.TAGS
        || order.waits() >> CoreLayout.TAGS != 0) {
      throw new ProgramException("has the order " + order + ", expected tags below 16");
    }
    if ((order.waits() & 1) != 0) {
      throw new ProgramException("waits for tag 0, which orders nothing");
    }
    visit(
        op,
        ring,
        number,
        earlier -> {
          int tag = orders.get(earlier).tag();
          if (clusters.get(earlier) != op.cluster()) {
            throw new ProgramException(
                "touches memory that operation " + earlier + " touches on another cluster");
          }
          if (tag == 0 || (order.waits() >> tag & 1) == 0) {
            throw new ProgramException(
                "touches memory that operation " + earlier + " touches, but does not wait for it");
          }
        });
  }

  /** Tells the earlier operations that the next one, of that number, conflicts with. */
  public void visit(CoreOp op, LimbRing ring, int number, IntConsumer conflict) {
    for (Factor.InMemory m : CoreOp.memory(op)) {
      NavigableMap<Integer, Stretch> map = lines.get(m.at().segment());
      if (map != null) {
        int begin = m.at().line();
        int end = begin + m.repeat().words(ring.degree()) / DescriptorLayout.LINE_WORDS;
        split(map, m.at().segment(), begin);
        split(map, m.at().segment(), end);
        if (op instanceof CoreOp.Store) {
          write(map, begin, end, number, conflict);
        } else {
          Segment s = segments.get(m.at().segment());
          boolean defined = s.access().defined();
          if (!defined
              && map.subMap(begin, true, end, false).values().stream()
                  .anyMatch(x -> x.write() == NONE)) {
            throw new ProgramException(
                "reads memory of segment " + s.name() + " before it is written");
          }
          read(map, begin, end, number, conflict);
        }
      }
    }
  }

  private void split(NavigableMap<Integer, Stretch> map, int segment, int at) {
    if (map.isEmpty()) {
      int all = (int) (segments.get(segment).words() / DescriptorLayout.LINE_WORDS);
      map.put(0, new Stretch(all, NONE, List.of()));
    }
    var floor = map.floorEntry(at);
    if (floor != null && floor.getKey() < at && floor.getValue().end() > at) {
      Stretch s = floor.getValue();
      map.put(floor.getKey(), new Stretch(at, s.write(), s.reads()));
      map.put(at, s);
    }
  }

  private static void read(
      NavigableMap<Integer, Stretch> map, int begin, int end, int number, IntConsumer conflict) {
    for (var e : map.subMap(begin, true, end, false).entrySet()) {
      Stretch s = e.getValue();
      if (s.write() != NONE) {
        conflict.accept(s.write());
      }
      List<Integer> reads = new ArrayList<>(s.reads());
      reads.add(number);
      e.setValue(new Stretch(s.end(), s.write(), reads));
    }
  }

  private static void write(
      NavigableMap<Integer, Stretch> map, int begin, int end, int number, IntConsumer conflict) {
    for (var e : map.subMap(begin, true, end, false).entrySet()) {
      Stretch s = e.getValue();
      if (s.write() != NONE && s.write() != number) {
        conflict.accept(s.write());
      }
      for (int r : s.reads()) {
        if (r != number) {
          conflict.accept(r);
        }
      }
    }
    map.subMap(begin, true, end, false).clear();
    map.put(begin, new Stretch(end, number, List.of()));
  }
}
