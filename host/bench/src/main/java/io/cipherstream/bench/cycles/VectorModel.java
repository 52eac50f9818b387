package io.cipherstream.bench.cycles;

import io.cipherstream.bench.cycles.Timeline.Load;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The vector unit: commands are prepared in order (a permuted or repeated operand is buffered, when
 * no earlier command reads its port directly), and then issue their beats in order.
 */
final class VectorModel {

  /** Commands that may be started before they are prepared, and be prepared before they issue. */
  private static final int QUEUE = 2;

  /** Slots of a repeated operand. */
  private static final int REPEATED_SLOTS = 2;

  /** Cycles from the last word of a buffered operand to its first beat. */
  private static final int REARRANGE = 4;

  private final CoreShape core;
  private final CoreTimes times;
  private final Timeline time;
  private final Consumer<Work> finish;
  private final Queue<Work> waiting = new ArrayDeque<>();
  private final Queue<Work> prepared = new ArrayDeque<>();
  private boolean filling;
  private boolean issuing;

  VectorModel(CoreShape core, CoreTimes times, Timeline time, Consumer<Work> finish) {
    this.core = core;
    this.times = times;
    this.time = time;
    this.finish = finish;
  }

  boolean hasRoom() {
    return waiting.size() < QUEUE;
  }

  void start(Work work) {
    waiting.add(work);
  }

  /** Begins what can begin; whether something did. */
  boolean settle() {
    return prepare() | issue();
  }

  private boolean prepare() {
    Work next = waiting.peek();
    if (next == null || filling || prepared.size() == QUEUE) {
      return false;
    }
    if (next.permuted && !mayFill(core.permutationLimbs(), w -> w.permuted, w -> directA(w))) {
      return false;
    }
    if (next.repeated && !mayFill(REPEATED_SLOTS, w -> w.repeated, w -> w.readsB)) {
      return false;
    }
    waiting.remove();
    prepared.add(next);
    if (next.permuted || next.repeated) {
      fill(next);
    }
    return true;
  }

  private boolean mayFill(
      int slots,
      java.util.function.Predicate<Work> sameBuffer,
      java.util.function.Predicate<Work> samePort) {
    return prepared.stream().filter(sameBuffer).count() < slots
        && prepared.stream().noneMatch(samePort);
  }

  private static boolean directA(Work w) {
    return w.readsA && !w.permuted;
  }

  private void fill(Work work) {
    filling = true;
    double cycles =
        work.permuted
            ? times.beats()
            : Math.max(1, Math.ceil((double) work.wordsB / core.portWords()));
    Port port = work.permuted ? Port.A : Port.B;
    double operands = work.operandsAt;
    work.operandsAt = Double.POSITIVE_INFINITY;
    time.at(
        operands,
        () ->
            time.stream(
                cycles,
                false,
                List.of(new Load(port, times.portBytes())),
                () -> {
                  filling = false;
                  work.operandsAt = time.now() + REARRANGE;
                  time.after(REARRANGE, () -> {});
                }));
  }

  private boolean issue() {
    Work work = prepared.peek();
    if (issuing || work == null || work.operandsAt == Double.POSITIVE_INFINITY) {
      return false;
    }
    issuing = true;
    time.at(work.operandsAt, () -> time.stream(times.beats(), true, loads(work), () -> end(work)));
    return true;
  }

  private List<Load> loads(Work work) {
    List<Load> loads = new ArrayList<>();
    if (directA(work)) {
      loads.add(new Load(Port.A, times.portBytes()));
    }
    if (work.readsB) {
      loads.add(new Load(Port.B, times.portBytes()));
    }
    if (work.readsD) {
      loads.add(new Load(Port.D_READ, times.portBytes()));
    }
    if (work.writes) {
      loads.add(new Load(Port.D_WRITE, times.portBytes()));
    }
    return loads;
  }

  private void end(Work work) {
    issuing = false;
    prepared.remove();
    time.after(work.writes ? core.vectorLatency() + times.write() : 1, () -> finish.accept(work));
  }
}
