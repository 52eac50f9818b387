package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.CoreCycles;
import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreRun;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.opencl.image.ImageProgram;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramResult;
import io.cipherstream.ring.UnitSchedule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jocl.cl_event;

/** Runs programs on the cores of a card, each on the unit of its queue, in one or several parts. */
final class CardRunner implements ProgramRunner {

  /** Most programs whose parts are kept. */
  private static final int KEPT_MAX = 1024;

  private final ClCalls calls;
  private final DeviceSession session;
  private final CardKernel cores;
  private final String engine;
  private final ImageManifest manifest;
  private final LimbRing ring;
  private final CardOptions options;
  private final DeviceMemory memory;
  private final TransferStaging staging = new TransferStaging();
  private CoreActivity activity = CoreActivity.NONE;
  private final Map<LimbProgram, Scheduled> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LimbProgram, Scheduled> eldest) {
          return size() > KEPT_MAX;
        }
      };

  /** A program in the order that suits a core's units, and the runs it is divided into. */
  private record Scheduled(LimbProgram program, List<CorePart> parts) {}

  CardRunner(
      ClCalls calls,
      DeviceSession session,
      CardKernel cores,
      String engine,
      ImageManifest manifest,
      LimbRing ring,
      CardOptions options,
      DeviceMemory memory) {
    this.calls = calls;
    this.session = session;
    this.cores = cores;
    this.engine = engine;
    this.manifest = manifest;
    this.ring = ring;
    this.options = options;
    this.memory = memory;
  }

  @Override
  public synchronized Optional<CoreActivity> activity() {
    return Optional.of(activity);
  }

  private synchronized void add(CoreRun run) {
    activity = activity.plus(run);
  }

  /**
   * Asks a core for its capabilities with an empty program.
   *
   * @throws EngineException of kind BUILD if they differ from the manifest, DEVICE if it does not
   *     answer
   */
  void probe() {
    CorePart nothing =
        new CorePart(
            0,
            0,
            ByteBuffer.allocateDirect(0),
            List.of(),
            List.of(),
            CoreCycles.of(List.of(), ring, manifest.parameters()));
    CommandStream lane = session.lanes().get(0);
    DeviceCommand command = new DeviceCommand(lane);
    ByteBuffer table = staging.take(nothing.segmentTableBytes() / Long.BYTES);
    ByteBuffer lines = staging.take(CoreResult.BYTES / Long.BYTES);
    CoreResult.erase(lines);
    try {
      cores.enqueue(nothing, table, lines, command, new cl_event[0]);
      calls.await(command.events().toArray(new cl_event[0]), "the probe of " + manifest);
    } finally {
      command.end(calls);
    }
    CoreResult result = CoreResult.of(lines);
    if (!result.written()) {
      throw new EngineException(
          EngineException.Kind.DEVICE,
          manifest + " does not answer: a program without instructions wrote no result line");
    }
    List<String> differences = result.capabilities().differences(manifest);
    if (!differences.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.BUILD,
          "the core in "
              + manifest
              + " is not what its manifest says: "
              + String.join(", ", differences)
              + "; build the image again");
    }
    String failure = CardFailures.text(manifest, null, nothing, result);
    if (failure != null) {
      throw new EngineException(EngineException.Kind.DEVICE, failure);
    }
  }

  @Override
  public Prepared prepare(LimbProgram program) {
    Scheduled scheduled = scheduled(program);
    return (bound, lane, holds) -> {
      Arena.Region region =
          memory.take(program.scratchWords(), "the scratch memory of " + program.name());
      holds.add(() -> memory.give(region));
      int words = 0;
      for (CorePart part : scheduled.parts()) {
        cores.ready(part);
        words += (part.segmentTableBytes() + CoreResult.BYTES) / Long.BYTES;
      }
      ByteBuffer host = staging.take(words);
      holds.add(() -> staging.give(host));
      return new CardRun(
          scheduled, PoolArguments.begins(program, bound, region.word()), host, lane);
    };
  }

  private Scheduled scheduled(LimbProgram program) {
    synchronized (kept) {
      Scheduled known = kept.get(program);
      if (known != null) {
        return known;
      }
    }
    LimbProgram ordered = UnitSchedule.of(program, manifest.parameters().nttUnits());
    Scheduled made =
        new Scheduled(
            ordered, ImageProgram.parts(ordered, manifest.parameters(), options.instructionsMax()));
    synchronized (kept) {
      kept.put(program, made);
    }
    return made;
  }

  /** Enqueued under the engine's lock; from then on used only by its queue's thread. */
  private final class CardRun implements Run {
    private final LimbProgram program;
    private final List<CorePart> parts;
    private final CommandStream lane;
    private final List<ByteBuffer> tables = new ArrayList<>();
    private final List<ByteBuffer> lines = new ArrayList<>();
    private final int[] launches;
    private final Map<Opcode, Long> byOpcode = new EnumMap<>(Opcode.class);
    private long zeros;
    private int enqueued;

    CardRun(Scheduled scheduled, long[] begins, ByteBuffer host, CommandStream lane) {
      this.program = scheduled.program();
      this.parts = scheduled.parts();
      this.lane = lane;
      this.launches = new int[parts.size()];
      int at = 0;
      for (CorePart part : parts) {
        ByteBuffer table = slice(host, at, part.segmentTableBytes());
        part.putSegmentTable(table, begins);
        tables.add(table);
        at += part.segmentTableBytes();
        ByteBuffer line = slice(host, at, CoreResult.BYTES);
        CoreResult.erase(line);
        lines.add(line);
        at += CoreResult.BYTES;
      }
    }

    private static ByteBuffer slice(ByteBuffer host, int at, int bytes) {
      return host.slice(at, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public Set<DeviceCommand> waits(DeviceCommand command) {
      return new HashSet<>();
    }

    @Override
    public long allowanceNanos() {
      long cycles = parts.stream().mapToLong(p -> p.cycles().sum()).sum();
      return options.allowanceNanos(cycles, manifest);
    }

    @Override
    public void enqueue(DeviceCommand command, cl_event[] waits) {
      for (int i = 0; i < parts.size(); i++) {
        launches[i] =
            cores.enqueue(
                parts.get(i),
                tables.get(i),
                lines.get(i),
                command,
                i == 0 ? waits : new cl_event[0]);
        enqueued++;
      }
    }

    /**
     * Waits for one part after the other and tells the listener of each. After a part fails the
     * listener is told nothing more, but the rest of the queue is still awaited.
     */
    @Override
    public void await(ClCalls calls, DeviceCommand command) {
      EngineException failure = null;
      for (int i = 0; i < enqueued && failure == null; i++) {
        try {
          cl_event launch = command.events().get(launches[i]);
          // The result is read after the kernel in the queue.
          calls.await(
              new cl_event[] {launch, command.events().get(launches[i] + 1)}, command.what());
          finish(parts.get(i), CoreResult.of(lines.get(i)), calls.nanos(launch));
        } catch (RuntimeException e) {
          failure = explained(i, CommandTracker.failure("the end of a run", e));
        }
      }
      try {
        calls.await(command.events().toArray(new cl_event[0]), command.what());
      } catch (EngineException e) {
        failure = failure == null ? e : failure;
      }
      if (failure != null) {
        throw failure;
      }
    }

    /** The driver's message, appended to the core's result line if it says more. */
    private EngineException explained(int index, EngineException failure) {
      String text =
          CardFailures.text(manifest, program, parts.get(index), CoreResult.of(lines.get(index)));
      return text == null || text.equals(failure.getMessage())
          ? failure
          : new EngineException(
              EngineException.Kind.DEVICE, text + " (" + failure.getMessage() + ")", failure);
    }

    private void finish(CorePart part, CoreResult result, long time) {
      String failure = CardFailures.text(manifest, program, part, result);
      if (failure != null) {
        throw new EngineException(EngineException.Kind.DEVICE, failure);
      }
      zeros += result.zeroWords();
      double all = Math.max(1, part.cycles().sum());
      part.cycles()
          .byOpcode()
          .forEach((o, c) -> byOpcode.merge(o, (long) (time * (c / all)), Long::sum));
      CoreRun run =
          new CoreRun(
              engine,
              program.name(),
              cores.unit(lane),
              part.first(),
              part.count(),
              part.cycles().bound(),
              result.work(),
              List.of(),
              time);
      add(run);
      options.listener().finished(run);
    }

    @Override
    public ProgramResult result(long[] nanos) {
      if (enqueued < parts.size()) {
        throw new EngineException(
            EngineException.Kind.DEVICE,
            enqueued + " of " + parts.size() + " runs of " + program.name() + " were enqueued");
      }
      return new ProgramResult(zeros, byOpcode);
    }
  }
}
