package io.cipherstream.core.lower;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.Factor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A list schedule: whenever a unit of a cluster is free it takes, of the nodes whose operands are
 * there, the one with the longest way to the program's end, rather one whose operands its cluster
 * holds; if slots run short, the one that frees most of them, of equal ones rather one that comes
 * early in the limb program, so that what is begun is finished.
 */
final class ListSchedule {

  private static final int UNITS = 4;
  private static final int NONE = -1;

  /** Ready nodes that a unit looks at. */
  private static final int LOOK = 2000;

  /** Part of the slots from which on they run short. */
  private static final double SHORT = 0.9;

  /**
   * Streams of a limb that an operand counts which the cluster does not hold: it takes a slot more.
   */
  private static final int MISSING = 4;

  /** If slots run short, what a slot that is freed counts. */
  private static final double SLOT = 1e12;

  /** If slots run short, what an instruction counts: so often its share of the way to the end. */
  private static final double EARLY = 16;

  private record Event(double at, int finished) {}

  private final ClusterShape shape;
  private final int degree;
  private final List<Node> nodes;
  private final int[] waits;
  private final List<List<Node>> after = new ArrayList<>();
  private final double[] toEnd;
  private final double share;
  private final int[] clusters;
  private final BitSet[] present;
  private final int[] live;
  private final int[] usesLeft;
  private final int[][] inputs;
  private final int[] results;
  private final List<TreeSet<Node>> ready = new ArrayList<>();
  private final List<Value> values = new ArrayList<>();
  private final java.util.IdentityHashMap<Value, Integer> valueNumbers =
      new java.util.IdentityHashMap<>();

  private ListSchedule(List<Node> nodes, ClusterShape shape, int degree) {
    this.nodes = nodes;
    this.shape = shape;
    this.degree = degree;
    int count = nodes.size();
    for (int i = 0; i < count; i++) {
      nodes.get(i).number = i;
      after.add(new ArrayList<>());
    }
    this.waits = new int[count];
    this.toEnd = new double[count];
    this.clusters = new int[count];
    for (Node n : nodes) {
      for (Node before : before(n)) {
        after.get(before.number).add(n);
        waits[n.number]++;
      }
    }
    this.inputs = new int[count][];
    this.results = new int[count];
    for (Node n : nodes) {
      inputs[n.number] = n.inputs().stream().mapToInt(this::number).toArray();
      results[n.number] = n.out == null ? NONE : number(n.out);
    }
    this.usesLeft = values.stream().mapToInt(v -> v.uses.size()).toArray();
    this.present = new BitSet[shape.clusters()];
    Arrays.setAll(present, c -> new BitSet());
    this.live = new int[shape.clusters()];
    lengths();
    this.share =
        Arrays.stream(toEnd).max().orElse(0)
            / (1 + nodes.stream().mapToInt(n -> n.at).max().orElse(0));
    Comparator<Node> first =
        Comparator.<Node>comparingDouble(n -> -toEnd[n.number]).thenComparingInt(n -> n.number);
    for (int u = 0; u < UNITS; u++) {
      ready.add(new TreeSet<>(first));
    }
  }

  static Plan of(List<Node> nodes, ClusterShape shape, int degree) {
    return new ListSchedule(nodes, shape, degree).run();
  }

  private int number(Value v) {
    Integer known = valueNumbers.get(v);
    if (known == null) {
      known = values.size();
      valueNumbers.put(v, known);
      values.add(v);
    }
    return known;
  }

  private static List<Node> before(Node n) {
    List<Node> before = new ArrayList<>(n.earlier);
    for (Value v : n.inputs()) {
      if (v.definition != null) {
        before.add(v.definition);
      }
    }
    return before.stream().distinct().toList();
  }

  /** The longest way to the end, from the last nodes on. */
  private void lengths() {
    int[] open = waits.clone();
    Deque<Node> next = new ArrayDeque<>();
    List<Node> order = new ArrayList<>();
    nodes.stream().filter(n -> open[n.number] == 0).forEach(next::add);
    while (!next.isEmpty()) {
      Node n = next.remove();
      order.add(n);
      for (Node a : after.get(n.number)) {
        if (--open[a.number] == 0) {
          next.add(a);
        }
      }
    }
    if (order.size() != nodes.size()) {
      throw new IllegalStateException("values of a limb program depend on themselves");
    }
    for (int i = order.size() - 1; i >= 0; i--) {
      Node n = order.get(i);
      double longest = 0;
      for (Node a : after.get(n.number)) {
        longest = Math.max(longest, toEnd[a.number]);
      }
      toEnd[n.number] = longest + latency(n);
    }
  }

  private static int unit(Node n) {
    return switch (n.kind) {
      case PASS -> n.isTransform() ? 0 : 1;
      case DOT -> 2;
      case LOAD, STORE -> 3;
    };
  }

  private double occupied(Node n) {
    return switch (n.kind) {
      case PASS ->
          n.isTransform()
              ? Math.max(shape.transformCycles(degree), shape.streamCycles(degree))
              : shape.streamCycles(degree);
      case DOT -> Math.max(dot(n), streamed(n) * (double) shape.clusters() / shape.wordsIn());
      case LOAD -> (double) degree / shape.wordsIn();
      case STORE -> 1;
    };
  }

  private double dot(Node n) {
    int pairs = (int) n.terms.stream().filter(t -> t.value() != null).count();
    return shape.dotCycles(degree, n.terms.size(), pairs);
  }

  private long streamed(Node n) {
    return n.terms.stream()
        .filter(t -> t.factor() instanceof Factor.InMemory)
        .mapToLong(t -> ((Factor.InMemory) t.factor()).repeat().words(degree))
        .sum();
  }

  private double latency(Node n) {
    return occupied(n) + shape.pipeline() + (n.isTransform() ? 2 * shape.streamCycles(degree) : 0);
  }

  private Plan run() {
    PriorityQueue<Event> events =
        new PriorityQueue<>(
            Comparator.comparingDouble(Event::at).thenComparingInt(Event::finished));
    nodes.stream().filter(n -> waits[n.number] == 0).forEach(n -> ready.get(unit(n)).add(n));
    double[][] freeAt = new double[shape.clusters()][UNITS];
    List<Node> order = new ArrayList<>();
    double now = 0;
    while (order.size() < nodes.size()) {
      for (int unit = UNITS - 1; unit >= 0; unit--) {
        for (int c = 0; c < shape.clusters(); c++) {
          Node n = freeAt[c][unit] <= now ? take(unit, c) : null;
          if (n != null) {
            order.add(n);
            clusters[n.number] = c;
            place(n, c);
            freeAt[c][unit] = now + occupied(n);
            events.add(new Event(freeAt[c][unit], NONE));
            events.add(new Event(now + latency(n), n.number));
          }
        }
      }
      if (order.size() < nodes.size()) {
        now = events.element().at();
        while (!events.isEmpty() && events.element().at() <= now) {
          int finished = events.remove().finished();
          if (finished != NONE) {
            for (Node a : after.get(finished)) {
              if (--waits[a.number] == 0) {
                ready.get(unit(a)).add(a);
              }
            }
          }
        }
      }
    }
    return new Plan(order, clusters);
  }

  private @Nullable Node take(int unit, int c) {
    Node best = null;
    double bestScore = Double.NEGATIVE_INFINITY;
    int looked = 0;
    boolean tight = live[c] > SHORT * shape.slots();
    for (Node n : ready.get(unit)) {
      if (looked++ == LOOK) {
        break;
      }
      if (n.ordered ? c != 0 : (n.kind == Node.Kind.STORE && !holds(n, c))) {
        continue;
      }
      double score = toEnd[n.number] - missing(n, c);
      if (tight) {
        score += SLOT * freed(n, c) - EARLY * share * n.at;
      }
      if (score > bestScore) {
        bestScore = score;
        best = n;
      }
    }
    if (best != null) {
      ready.get(unit).remove(best);
    }
    return best;
  }

  private boolean holds(Node n, int c) {
    for (Value v : n.inputs()) {
      if (v.definition != null && clusters[v.definition.number] != c) {
        return false;
      }
    }
    return true;
  }

  /** What it costs that operands are not on the cluster. */
  private double missing(Node n, int c) {
    if (shape.clusters() == 1) {
      return 0;
    }
    int missing = 0;
    for (int v : inputs[n.number]) {
      missing += present[c].get(v) ? 0 : 1;
    }
    return missing * MISSING * shape.streamCycles(degree);
  }

  private int freed(Node n, int c) {
    int freed = results[n.number] == NONE ? 0 : -1;
    for (int v : inputs[n.number]) {
      if (!present[c].get(v)) {
        freed--;
      } else if (usesLeft[v] == 1) {
        freed++;
      }
    }
    return freed;
  }

  private void place(Node n, int c) {
    for (int v : inputs[n.number]) {
      if (!present[c].get(v)) {
        present[c].set(v);
        live[c]++;
      }
      if (--usesLeft[v] == 0) {
        for (int k = 0; k < live.length; k++) {
          if (present[k].get(v)) {
            present[k].clear(v);
            live[k]--;
          }
        }
      }
    }
    if (results[n.number] != NONE) {
      present[c].set(results[n.number]);
      live[c]++;
    }
  }
}
