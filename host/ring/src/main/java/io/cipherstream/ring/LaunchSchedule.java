package io.cipherstream.ring;

import io.cipherstream.ring.LaunchPlan.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Groups nodes into few batches of one kind each.
 *
 * <p>The fewest is hard to find; list scheduling comes close: again and again take everything that
 * is ready of one kind. Which kind is chosen by two rules, and each is tried from the program's
 * beginning and from its end; the shortest of the four schedules wins.
 */
final class LaunchSchedule {

  private enum Rule {
    /** The kind of the node with the longest way to go, so that short branches wait for company. */
    LONGEST_WAY,
    /** The kind whose ready nodes are the largest part of all that are left of it. */
    MOST_OF_ITS_KIND
  }

  private LaunchSchedule() {}

  /** Batches of node numbers, in order. */
  static List<int[]> of(Kind[] kinds, Links predecessors) {
    Links successors = predecessors.reversed();
    List<int[]> best = List.of();
    for (Rule rule : Rule.values()) {
      List<int[]> forward = run(kinds, predecessors, successors, rule);
      List<int[]> backward = run(kinds, successors, predecessors, rule);
      Collections.reverse(backward);
      for (List<int[]> schedule : List.of(forward, backward)) {
        if (best.isEmpty() || schedule.size() < best.size()) {
          best = schedule;
        }
      }
    }
    return best;
  }

  private static List<int[]> run(Kind[] kinds, Links before, Links after, Rule rule) {
    int count = kinds.length;
    int[] waiting = new int[count];
    Arrays.setAll(waiting, before::count);
    int[] way = ways(before, after);
    int[] left = new int[Kind.values().length];
    List<List<Integer>> ready = new ArrayList<>();
    for (int k = 0; k < left.length; k++) {
      ready.add(new ArrayList<>());
    }
    for (int n = 0; n < count; n++) {
      left[kinds[n].ordinal()]++;
      if (waiting[n] == 0) {
        ready.get(kinds[n].ordinal()).add(n);
      }
    }
    List<int[]> batches = new ArrayList<>();
    for (int done = 0; done < count; ) {
      int kind = choose(ready, left, way, rule);
      int[] batch = ready.get(kind).stream().mapToInt(Integer::intValue).toArray();
      ready.get(kind).clear();
      left[kind] -= batch.length;
      done += batch.length;
      batches.add(batch);
      for (int n : batch) {
        for (int at = after.starts()[n]; at < after.starts()[n + 1]; at++) {
          int next = after.targets()[at];
          if (--waiting[next] == 0) {
            ready.get(kinds[next].ordinal()).add(next);
          }
        }
      }
    }
    return batches;
  }

  private static int choose(List<List<Integer>> ready, int[] left, int[] way, Rule rule) {
    int best = -1;
    double bestScore = -1;
    for (int kind = 0; kind < left.length; kind++) {
      List<Integer> nodes = ready.get(kind);
      if (nodes.isEmpty()) {
        continue;
      }
      int longest = nodes.stream().mapToInt(n -> way[n]).max().orElse(0);
      double part = (double) nodes.size() / left[kind];
      double score =
          switch (rule) {
            case LONGEST_WAY -> longest + part;
            case MOST_OF_ITS_KIND -> part;
          };
      if (score > bestScore) {
        bestScore = score;
        best = kind;
      }
    }
    return best;
  }

  /** For each node the length of the longest way to a node without successors. */
  private static int[] ways(Links before, Links after) {
    int[] open = new int[after.nodes()];
    Arrays.setAll(open, after::count);
    int[] way = new int[open.length];
    int[] queue = new int[open.length];
    int tail = 0;
    for (int n = 0; n < open.length; n++) {
      if (open[n] == 0) {
        queue[tail++] = n;
      }
    }
    for (int at = 0; at < tail; at++) {
      int n = queue[at];
      for (int link = before.starts()[n]; link < before.starts()[n + 1]; link++) {
        int p = before.targets()[link];
        way[p] = Math.max(way[p], way[n] + 1);
        if (--open[p] == 0) {
          queue[tail++] = p;
        }
      }
    }
    return way;
  }
}
