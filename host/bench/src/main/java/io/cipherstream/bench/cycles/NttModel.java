package io.cipherstream.bench.cycles;

import io.cipherstream.bench.cycles.Timeline.Load;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * An NTT unit: commands wait for a limb buffer and for a slot of their root table, limbs load,
 * compute and leave in order, each step on one limb at a time.
 */
final class NttModel {

  /** Commands that may be started before a buffer takes them. */
  private static final int QUEUE = 2;

  /** Commands that may be started before their results are written. */
  private static final int RUNNING = 5;

  private static final int NONE = -1;

  private final CoreShape core;
  private final CoreTimes times;
  private final Timeline time;
  private final Consumer<Work> finish;
  private final Queue<Work> waiting = new ArrayDeque<>();
  private final Queue<Work> toLoad = new ArrayDeque<>();
  private final Queue<Work> toCompute = new ArrayDeque<>();
  private final Queue<Work> toStore = new ArrayDeque<>();
  private final List<Work> needsTable = new ArrayList<>();
  private final int[] tables;
  private final boolean[] whole;
  private int victim;
  private boolean tableLoading;
  private boolean loading;
  private boolean computing;
  private boolean storing;
  private int inside;
  private int unwritten;

  NttModel(CoreShape core, CoreTimes times, Timeline time, Consumer<Work> finish) {
    this.core = core;
    this.times = times;
    this.time = time;
    this.finish = finish;
    this.tables = new int[times.tables()];
    java.util.Arrays.fill(tables, NONE);
    this.whole = new boolean[tables.length];
  }

  boolean hasRoom() {
    return waiting.size() < QUEUE && unwritten < RUNNING;
  }

  /** Commands inside or waiting. */
  int load() {
    return waiting.size() + inside;
  }

  void start(Work work) {
    unwritten++;
    waiting.add(work);
  }

  /** Begins what can begin; whether something did. */
  boolean settle() {
    return accept() | loadNext() | compute() | store();
  }

  private boolean accept() {
    Work next = waiting.peek();
    if (next == null || inside == core.limbBuffers()) {
      return false;
    }
    if (slotOf(next.modulus) == NONE && !requestTable(next.modulus)) {
      return false;
    }
    waiting.remove();
    inside++;
    needsTable.add(next);
    toLoad.add(next);
    return true;
  }

  private int slotOf(int modulus) {
    for (int s = 0; s < tables.length; s++) {
      if (tables[s] == modulus) {
        return s;
      }
    }
    return NONE;
  }

  private boolean requestTable(int modulus) {
    if (tableLoading) {
      return false;
    }
    for (int tried = 0; tried < tables.length && used(tables[victim]); tried++) {
      victim = (victim + 1) % tables.length;
    }
    if (used(tables[victim])) {
      return false;
    }
    int slot = victim;
    victim = (victim + 1) % tables.length;
    tables[slot] = modulus;
    whole[slot] = false;
    tableLoading = true;
    time.after(
        times.read(),
        () ->
            time.stream(
                times.beats(),
                false,
                List.of(new Load(Port.NTT_READ, times.portBytes())),
                () -> {
                  whole[slot] = true;
                  tableLoading = false;
                }));
    return true;
  }

  private boolean used(int modulus) {
    return modulus != NONE && needsTable.stream().anyMatch(w -> w.modulus == modulus);
  }

  private boolean loadNext() {
    if (loading || toLoad.isEmpty()) {
      return false;
    }
    Work work = toLoad.remove();
    loading = true;
    time.at(
        work.operandsAt,
        () ->
            time.stream(
                times.beats(),
                false,
                List.of(new Load(Port.NTT_READ, times.portBytes())),
                () -> {
                  loading = false;
                  toCompute.add(work);
                }));
    return true;
  }

  private boolean compute() {
    Work work = toCompute.peek();
    if (computing || work == null || !whole[slotOf(work.modulus)]) {
      return false;
    }
    toCompute.remove();
    computing = true;
    double share = (double) times.rows() / times.transform();
    time.addRowShare(share);
    time.after(
        times.transform(),
        () -> {
          computing = false;
          time.addRowShare(-share);
          time.after(
              core.drain(),
              () -> {
                needsTable.remove(work);
                toStore.add(work);
              });
        });
    return true;
  }

  private boolean store() {
    if (storing || toStore.isEmpty()) {
      return false;
    }
    Work work = toStore.remove();
    storing = true;
    time.stream(
        times.beats(),
        false,
        List.of(new Load(Port.NTT_WRITE, times.portBytes())),
        () -> {
          storing = false;
          inside--;
          time.after(
              times.write(),
              () -> {
                unwritten--;
                finish.accept(work);
              });
        });
    return true;
  }
}
