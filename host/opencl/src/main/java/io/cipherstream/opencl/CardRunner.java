package io.cipherstream.opencl;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.opencl.image.CoreActivity;
import io.cipherstream.opencl.image.CoreCycles;
import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreRun;
import io.cipherstream.opencl.image.CoreWork;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import io.cipherstream.ring.ProgramArguments;
import io.cipherstream.ring.ProgramResult;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jspecify.annotations.Nullable;

/** Runs programs on the clusters of a card: compiled to core programs, each as a job. */
final class CardRunner implements ProgramRunner {

  /** Part of the pool for tables and scratch memory of jobs. */
  private static final int LAUNCH_SHARE = 16;

  /** Cycles from a request to the memory's answer for which programs are ordered. */
  private static final int MEMORY_LATENCY = 80;

  private final ClCalls calls;
  private final DeviceSession session;
  private final CardKernel kernel;
  private final String engine;
  private final ImageManifest manifest;
  private final LimbRing ring;
  private final CardOptions options;
  private final ClusterShape shape;
  private final Lowering lowering;
  private final LaunchMemory memory;
  private final TransferStaging staging = new TransferStaging();
  private CoreActivity activity = CoreActivity.NONE;

  /** As long as somebody keeps the program. */
  private final Map<LimbProgram, Compiled> compiled =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * A program for the clusters.
   *
   * @param instructions of the limb program
   */
  private record Compiled(CoreJob job, int instructions, CoreCycles cycles) {}

  CardRunner(
      ClCalls calls,
      DeviceSession session,
      cl_kernel kernel,
      String engine,
      ImageManifest manifest,
      LimbRing ring,
      CardOptions options,
      DeviceMemory memory,
      CommandTracker tracker) {
    this.calls = calls;
    this.session = session;
    this.kernel = new CardKernel(calls, session, kernel, ring, manifest);
    this.engine = engine;
    this.manifest = manifest;
    this.ring = ring;
    this.options = options;
    this.shape = manifest.cluster().shape(manifest.parameters(), MEMORY_LATENCY);
    this.lowering = new Lowering(shape);
    tracker.lock();
    try {
      this.memory = new LaunchMemory(memory, tracker, memory.bytes() / Long.BYTES / LAUNCH_SHARE);
    } finally {
      tracker.unlock();
    }
  }

  @Override
  public synchronized Optional<CoreActivity> activity() {
    return Optional.of(activity);
  }

  private synchronized void add(CoreRun run) {
    activity = activity.plus(run);
  }

  @Override
  public int segmentsMax() {
    return manifest.parameters().segments();
  }

  /**
   * Asks the clusters for their capabilities with an empty program.
   *
   * @throws EngineException of kind BUILD if they differ from the manifest, DEVICE if they do not
   *     answer
   */
  void probe() {
    CoreJob nothing =
        new CoreJob(new CoreProgram("the probe", ring, shape.clusters(), 0, List.of(), List.of()));
    List<CoreJob> jobs = List.of(nothing);
    DeviceCommand command = new DeviceCommand(session.lanes().get(0));
    Holds holds = new Holds();
    Arena.Region region = memory.take(JobList.words(jobs), "the probe of " + manifest);
    holds.add(() -> memory.give(region));
    JobList list = JobList.of(jobs, List.of(List.of()), region.word(), staging, holds);
    CoreResult result;
    try {
      var unused = enqueue(list, region, command, new cl_event[0]);
      calls.await(command.events().toArray(new cl_event[0]), "the probe of " + manifest);
      result = list.result(0);
    } finally {
      command.end(calls);
      holds.letGo();
    }
    if (!result.written()) {
      throw new EngineException(
          EngineException.Kind.DEVICE,
          manifest + " does not answer: a program without operations wrote no result line");
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
    String failure = CardFailures.text(manifest, nothing, result);
    if (failure != null) {
      throw new EngineException(EngineException.Kind.DEVICE, failure);
    }
  }

  private int enqueue(JobList list, Arena.Region region, DeviceCommand command, cl_event[] waits) {
    return kernel.enqueue(
        region.word() * Long.BYTES, list.tables(), list.resultByte(), list.lines(), command, waits);
  }

  @Override
  public Prepared prepare(LimbProgram program) {
    PreparedRound one = prepareRound(List.of(program));
    return (bound, lane, holds) -> one.begin(List.of(bound), lane, holds);
  }

  @Override
  public PreparedRound prepareRound(List<LimbProgram> programs) {
    List<Compiled> round = programs.stream().map(this::compiled).toList();
    return (bound, lane, holds) -> begin(round, bound, lane, holds);
  }

  private Compiled compiled(LimbProgram program) {
    Compiled known = compiled.get(program);
    if (known == null) {
      known =
          new Compiled(
              new CoreJob(lowering.lower(program)),
              program.instructions().size(),
              manifest.cycles(program.instructions(), ring));
      compiled.put(program, known);
    }
    return known;
  }

  private RoundRun begin(
      List<Compiled> round,
      List<List<ProgramArguments.Bound<OpenClBuffer>>> bound,
      CommandStream lane,
      Holds holds) {
    List<CoreJob> jobs = round.stream().map(Compiled::job).toList();
    Arena.Region region = memory.take(JobList.words(jobs), "the tables of " + jobs.get(0).name());
    holds.add(() -> memory.give(region));
    JobList list = JobList.of(jobs, bound, region.word(), staging, holds);
    return new CardRun(round, region, list, lane);
  }

  /** Enqueued under the engine's lock; from then on used only by its queue's thread. */
  private final class CardRun implements RoundRun {
    private final List<Compiled> round;
    private final Arena.Region region;
    private final JobList list;
    private final CommandStream lane;
    private final Map<Opcode, Long> byOpcode = new EnumMap<>(Opcode.class);
    private final long[] zeros;
    private int launch;

    CardRun(List<Compiled> round, Arena.Region region, JobList list, CommandStream lane) {
      this.round = round;
      this.region = region;
      this.list = list;
      this.lane = lane;
      this.zeros = new long[round.size()];
    }

    @Override
    public Set<DeviceCommand> waits(DeviceCommand command) {
      return new HashSet<>();
    }

    private long cycles() {
      return round.stream().mapToLong(p -> p.cycles().sum()).sum();
    }

    @Override
    public long allowanceNanos() {
      return options.allowanceNanos(cycles(), manifest);
    }

    @Override
    public void enqueue(DeviceCommand command, cl_event[] waits) {
      launch = CardRunner.this.enqueue(list, region, command, waits);
    }

    /** Why the first of the jobs that failed did so; null if none failed. */
    private @Nullable String failure() {
      for (int i = 0; i < round.size(); i++) {
        String text = CardFailures.text(manifest, round.get(i).job(), list.result(i));
        if (text != null) {
          return text;
        }
      }
      return null;
    }

    @Override
    public void await(ClCalls calls, DeviceCommand command) {
      try {
        calls.await(command.events().toArray(new cl_event[0]), command.what());
      } catch (EngineException e) {
        // The core's result line says more than the driver, if there is one.
        String text = failure();
        throw text == null
            ? e
            : new EngineException(
                EngineException.Kind.DEVICE, text + " (" + e.getMessage() + ")", e);
      }
      String text = failure();
      if (text != null) {
        throw new EngineException(EngineException.Kind.DEVICE, text);
      }
      finish(command.what(), calls.nanos(command.events().get(launch)));
    }

    private void finish(String what, long time) {
      CoreWork work = CoreWork.NONE;
      int instructions = 0;
      long bound = 0;
      double all = Math.max(1, cycles());
      for (int i = 0; i < round.size(); i++) {
        Compiled part = round.get(i);
        CoreResult result = list.result(i);
        zeros[i] = result.zeroWords();
        work = work.plus(result.work());
        instructions += part.instructions();
        bound += part.cycles().bound();
        part.cycles()
            .byOpcode()
            .forEach((o, c) -> byOpcode.merge(o, (long) (time * (c / all)), Long::sum));
      }
      CoreRun run =
          new CoreRun(
              engine, what, kernel.unit(lane), instructions, bound, work, list.jobs(), time);
      add(run);
      options.listener().finished(run);
    }

    @Override
    public ProgramResult result(long[] nanos) {
      return new ProgramResult(zeroWords(), byOpcode);
    }

    private long zeroWords() {
      long all = 0;
      for (long count : zeros) {
        all += count;
      }
      return all;
    }

    @Override
    public long zeroWords(int program) {
      return zeros[program];
    }
  }
}
