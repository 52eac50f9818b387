package io.cipherstream.bench.cycles;

import io.cipherstream.ring.DescriptorLayout;
import io.cipherstream.ring.Instruction;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Predicts the cycles of a limb program on a core, without simulating its registers: instructions
 * enter the window in order, wait there for what stands in their way, start in their unit oldest
 * first, and take what the units and the memory need. One step is a limb's way through a unit, not
 * a beat. The figures of a core's pipelines come from its parameters; none is fitted.
 */
public final class CyclePrediction {

  /** Cycles from a finished instruction to the start of one that waited for it. */
  private static final int WAKE = 3;

  /** Cycles from the last instruction's end until the count of cycles goes into the result. */
  private static final int DRAIN = 3;

  private static final int SEGMENT_BYTES = 16;

  private final CoreShape core;
  private final LimbProgram program;
  private final CoreTimes times;
  private final Timeline time;
  private final List<Work> works;
  private final List<NttModel> transforms;
  private final VectorModel vector;
  private int entered;
  private boolean entering;
  private double lastEntered;
  private double lastFinished;

  private CyclePrediction(LimbProgram program, CoreShape core, MemoryShape memory) {
    LimbRing ring = program.ring();
    if (ring.degreeBits() < core.degreeBitsMin() || ring.degreeBits() > core.degreeBitsMax()) {
      throw new IllegalArgumentException(
          program
              + " of degree "
              + ring.degree()
              + " on a core for 2^"
              + core.degreeBitsMin()
              + " to 2^"
              + core.degreeBitsMax());
    }
    this.core = core;
    this.program = program;
    this.times = CoreTimes.of(core, memory, ring.degreeBits());
    double portBytes = (double) core.busWords() * Long.BYTES;
    this.time =
        new Timeline(
            memory.bytesPerCycle(),
            port ->
                port == Port.NTT_READ || port == Port.NTT_WRITE
                    ? portBytes * core.nttUnits()
                    : portBytes);
    this.works = new ArrayList<>();
    for (Instruction i : program.instructions()) {
      works.add(new Work(i, ring));
    }
    this.transforms =
        IntStream.range(0, core.nttUnits())
            .mapToObj(u -> new NttModel(core, times, time, this::finish))
            .toList();
    this.vector = new VectorModel(core, times, time, this::finish);
  }

  /**
   * Cycles of a program.
   *
   * @throws IllegalArgumentException if the core is not made for the ring's degree
   */
  public static Prediction of(LimbProgram program, CoreShape core, MemoryShape memory) {
    return new CyclePrediction(program, core, memory).run();
  }

  private Prediction run() {
    // Segment table, modulus table, first descriptor: each waits for the memory.
    double tables = 3 * times.read() + program.segments().size() + program.ring().moduli().size();
    lastEntered = tables;
    time.run(this::settle);
    long transformed = works.stream().filter(w -> w.transform).count();
    long rows = transformed * times.rows();
    Map<Port, Double> bytes = new EnumMap<>(Port.class);
    bytes.putAll(time.moved());
    bytes.put(Port.PROGRAM, (double) programBytes());
    return new Prediction(
        lastFinished + DRAIN,
        (double) rows / core.nttUnits(),
        (double) (works.size() - transformed) * program.ring().degree() / core.portWords(),
        rows,
        (works.size() - transformed) * program.ring().degree() / core.lanes(),
        time.both(),
        bytes);
  }

  private long programBytes() {
    long line = (long) DescriptorLayout.LINE_WORDS * Long.BYTES;
    long segments = (long) program.segments().size() * SEGMENT_BYTES;
    return (segments + line - 1) / line * line
        + program.ring().moduli().size() * line
        + (long) works.size() * DescriptorLayout.BYTES
        + 2 * line;
  }

  /** The next instruction enters the window once the slot that it takes is free. */
  private void enter() {
    entering = false;
    entered++;
    lastEntered = time.now();
  }

  private void settle() {
    if (!entering && entered < works.size() && slotFree()) {
      entering = true;
      time.at(Math.max(lastEntered + times.insert(), time.now() + 1), this::enter);
    }
    boolean moved;
    do {
      moved = vector.settle();
      for (NttModel unit : transforms) {
        moved |= unit.settle();
      }
      moved |= startTransform() | startVector();
    } while (moved);
  }

  /** Slots are taken in turn: that of instruction i is the one of i − window. */
  private boolean slotFree() {
    int before = entered - core.window();
    return before < 0 || works.get(before).finished;
  }

  private boolean startTransform() {
    Optional<NttModel> unit =
        transforms.stream().filter(NttModel::hasRoom).min(Comparator.comparingInt(NttModel::load));
    Optional<Work> work = unit.flatMap(u -> ready(true));
    work.ifPresent(w -> unit.orElseThrow().start(begin(w)));
    return work.isPresent();
  }

  private boolean startVector() {
    Optional<Work> work = vector.hasRoom() ? ready(false) : Optional.empty();
    work.ifPresent(w -> vector.start(begin(w)));
    return work.isPresent();
  }

  private Work begin(Work work) {
    work.started = true;
    work.operandsAt = time.now() + WAKE + times.read();
    return work;
  }

  private Optional<Work> ready(boolean transform) {
    int oldest = Math.max(0, entered - core.window());
    for (int i = oldest; i < entered; i++) {
      Work w = works.get(i);
      if (w.transform == transform && !w.started && isFree(w, oldest, i)) {
        return Optional.of(w);
      }
    }
    return Optional.empty();
  }

  private boolean isFree(Work work, int from, int to) {
    for (int i = from; i < to; i++) {
      Work earlier = works.get(i);
      if (!earlier.finished && work.waitsFor(earlier)) {
        return false;
      }
    }
    return true;
  }

  private void finish(Work work) {
    work.finished = true;
    lastFinished = time.now();
  }
}
