package io.cipherstream.core.lower;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreLayout;
import io.cipherstream.core.CoreOp;
import io.cipherstream.core.Order;
import io.cipherstream.ring.Operand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which value is in which slot of which cluster. Where slots run out, the value whose next use on
 * that cluster is farthest, counted half if it must be stored first, gives its slot: it is loaded
 * again from where it came, from the result that it is, or from the spill segment, where it is
 * stored once. Freed slots are taken again in the order in which they became free, so that a new
 * result rarely waits for the readers of an old one.
 */
final class SlotAllocation {

  /** Slots that loads ahead leave free. */
  private static final int RESERVE = 6;

  /**
   * Part of the slots that is kept free: a slot whose limb is spilled is then taken again only when
   * the limb has long been stored.
   */
  private static final int SPARE_PART = 32;

  private static final int NEVER = Integer.MAX_VALUE;

  private record Spill(int cluster, Operand at) {}

  private final Plan plan;
  private final int clusters;
  private final int spare;
  private final int spillSegment;
  private final int limbLines;
  private final List<CoreOp> ops;
  private final List<Map<Value, Deque<Integer>>> uses = new ArrayList<>();
  private final List<Map<Value, Integer>> slots = new ArrayList<>();
  private final List<Deque<Integer>> free = new ArrayList<>();
  private final Map<Value, Spill> spills = new IdentityHashMap<>();
  private final Set<Value> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private int spilled;
  private int now;

  SlotAllocation(Plan plan, ClusterShape shape, int spillSegment, int limbLines, List<CoreOp> ops) {
    this.plan = plan;
    this.clusters = shape.clusters();
    this.spare = shape.slots() / SPARE_PART;
    this.spillSegment = spillSegment;
    this.limbLines = limbLines;
    this.ops = ops;
    for (int c = 0; c < clusters; c++) {
      uses.add(new IdentityHashMap<>());
      slots.add(new IdentityHashMap<>());
      Deque<Integer> all = new ArrayDeque<>();
      for (int s = 0; s < shape.slots(); s++) {
        all.add(s);
      }
      free.add(all);
    }
    for (int at = 0; at < plan.nodes().size(); at++) {
      Node n = plan.nodes().get(at);
      for (Value v : n.inputs()) {
        uses.get(plan.cluster(n)).computeIfAbsent(v, x -> new ArrayDeque<>()).add(at);
      }
    }
  }

  int spilledLimbs() {
    return spilled;
  }

  /** Notes where a value lies from now on, in memory that nothing else of the program touches. */
  void stored(int c, Value v, Operand at) {
    spills.putIfAbsent(v, new Spill(c, at));
  }

  /** The slot of a value that the node holds. */
  int slot(int c, Value v) {
    Integer slot = slots.get(c).get(v);
    if (slot == null) {
      throw new IllegalStateException("a value was read that is in no slot");
    }
    return slot;
  }

  /** Loads what a later node reads from memory, as long as slots are free. */
  void prefetch(Node n, int at) {
    int c = plan.cluster(n);
    for (Value v : n.inputs()) {
      boolean there = v.origin != null || spills.containsKey(v);
      if (there && !slots.get(c).containsKey(v) && free.get(c).size() > RESERVE) {
        load(c, v);
      }
    }
  }

  /** Brings the operands of a node into slots of its cluster and keeps them there. */
  void hold(Node n, int at) {
    int c = plan.cluster(n);
    now = at;
    held.clear();
    held.addAll(n.inputs());
    for (Value v : n.inputs()) {
      if (!slots.get(c).containsKey(v)) {
        load(c, v);
      }
    }
  }

  /** Slots for the result of a node where it is read, after those of its operands are free. */
  List<Integer> results(Node n, int at) {
    boolean inPlace = n.galois == 1;
    if (inPlace) {
      release(n, at);
    }
    List<Integer> d = new ArrayList<>();
    for (int c = 0; c < clusters; c++) {
      boolean read = n.out != null && uses.get(c).containsKey(n.out);
      d.add(read ? take(c, n.out) : CoreLayout.SLOT_NONE);
    }
    if (!inPlace) {
      release(n, at);
    }
    return d;
  }

  /** Frees the slots of operands that are read no more. */
  void release(Node n, int at) {
    int c = plan.cluster(n);
    for (Value v : n.inputs()) {
      Deque<Integer> next = uses.get(c).get(v);
      while (next != null && !next.isEmpty() && next.element() <= at) {
        next.remove();
      }
      if (next != null && next.isEmpty()) {
        uses.get(c).remove(v);
        Integer slot = slots.get(c).remove(v);
        if (slot != null) {
          free.get(c).add(slot);
        }
      }
    }
    held.clear();
  }

  private int take(int c, @Nullable Value v) {
    while (free.get(c).size() <= spare && slots.get(c).size() > 2 * spare) {
      evict(c);
    }
    if (free.get(c).isEmpty()) {
      evict(c);
    }
    int slot = free.get(c).remove();
    slots.get(c).put(v, slot);
    return slot;
  }

  /** How far the next use is; half as far for what has to be stored first. */
  private int distance(int c, Value v) {
    Deque<Integer> next = uses.get(c).get(v);
    int distance = next == null || next.isEmpty() ? NEVER : Math.max(0, next.element() - now);
    return v.origin == null && !spills.containsKey(v) ? distance / 2 : distance;
  }

  private void evict(int c) {
    Value farthest = null;
    int next = -1;
    for (Value v : slots.get(c).keySet()) {
      int distance = held.contains(v) ? -1 : distance(c, v);
      if (distance > next) {
        next = distance;
        farthest = v;
      }
    }
    if (farthest == null) {
      throw new IllegalStateException("all slots of a cluster hold operands of one operation");
    }
    int slot = slot(c, farthest);
    if (farthest.origin == null && !spills.containsKey(farthest)) {
      Operand at = new Operand(spillSegment, Math.multiplyExact(spilled++, limbLines));
      ops.add(new CoreOp.Store(c, slot, at, Order.FREE));
      spills.put(farthest, new Spill(c, at));
    }
    slots.get(c).remove(farthest);
    free.get(c).add(slot);
  }

  /** Loads a value into a slot of a cluster, and of others that need it and have a slot. */
  private void load(int c, Value v) {
    List<Integer> d = new ArrayList<>();
    for (int k = 0; k < clusters; k++) {
      boolean also =
          k != c
              && uses.get(k).containsKey(v)
              && !slots.get(k).containsKey(v)
              && free.get(k).size() > RESERVE;
      d.add(k == c || also ? take(k, v) : CoreLayout.SLOT_NONE);
    }
    Spill spill = spills.get(v);
    if (spill != null) {
      ops.add(new CoreOp.Load(spill.cluster(), d, spill.at(), 1, Order.FREE));
    } else if (v.origin != null) {
      ops.add(new CoreOp.Load(c, d, v.origin, v.galois, Order.FREE));
    } else {
      throw new IllegalStateException("a value was read before it was computed");
    }
  }
}
