package io.cipherstream.opencl;

import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.ProgramResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocl.cl_event;

/** Kernels on PoCL whose engine joins submitted programs, as one for clusters does. */
final class JoiningCode implements DeviceCode {

  private final DeviceCode kernels;
  private final int segmentsMax;
  private final List<List<LimbProgram>> started = Collections.synchronizedList(new ArrayList<>());

  JoiningCode(DeviceCode kernels, int segmentsMax) {
    this.kernels = kernels;
    this.segmentsMax = segmentsMax;
  }

  /** For the tests' ring. */
  static JoiningCode of(OpenClOptions options, ClCalls calls, int segmentsMax) {
    KernelVariant variant = KernelChoice.of(TestEngines.POCL, TestEngines.RING, options);
    return new JoiningCode(
        new KernelCode(calls, TestEngines.RING, variant, options.lanes()), segmentsMax);
  }

  /** Runs of kernels as one command. */
  private static final class Several implements ProgramRunner.RoundRun {
    private final List<ProgramRunner.Run> runs;
    private final int[] first;
    private final long[] zeros;

    Several(List<ProgramRunner.Run> runs) {
      this.runs = runs;
      this.first = new int[runs.size() + 1];
      this.zeros = new long[runs.size()];
    }

    @Override
    public Set<DeviceCommand> waits(DeviceCommand command) {
      Set<DeviceCommand> waits = new HashSet<>();
      runs.forEach(run -> waits.addAll(run.waits(command)));
      return waits;
    }

    @Override
    public long allowanceNanos() {
      return 0;
    }

    @Override
    public void enqueue(DeviceCommand command, cl_event[] waits) {
      for (int i = 0; i < runs.size(); i++) {
        runs.get(i).enqueue(command, i == 0 ? waits : new cl_event[0]);
        first[i + 1] = command.events().size();
      }
    }

    @Override
    public ProgramResult result(long[] nanos) {
      for (int i = 0; i < runs.size(); i++) {
        long[] own = Arrays.copyOfRange(nanos, first[i], first[i + 1]);
        zeros[i] = runs.get(i).result(own).zeroWords();
      }
      return new ProgramResult(Arrays.stream(zeros).sum(), Map.of());
    }

    @Override
    public long zeroWords(int program) {
      return zeros[program];
    }
  }

  /** The parts of each round that was started so far, in that order. */
  List<List<LimbProgram>> started() {
    return List.copyOf(started);
  }

  @Override
  public int lanes() {
    return kernels.lanes();
  }

  @Override
  public void load(DeviceSession session) {
    kernels.load(session);
  }

  @Override
  public ProgramRunner runner(DeviceSession session, DeviceMemory memory, CommandTracker tracker) {
    ProgramRunner inner = kernels.runner(session, memory, tracker);
    return new ProgramRunner() {
      @Override
      public int segmentsMax() {
        return segmentsMax;
      }

      @Override
      public Prepared prepare(LimbProgram program) {
        throw new UnsupportedOperationException("programs come as rounds");
      }

      @Override
      public PreparedRound prepareRound(List<LimbProgram> programs) {
        started.add(programs);
        List<Prepared> all = programs.stream().map(inner::prepare).toList();
        return (bound, lane, holds) -> {
          List<Run> runs = new ArrayList<>();
          for (int i = 0; i < all.size(); i++) {
            runs.add(all.get(i).begin(bound.get(i), lane, holds));
          }
          return new Several(runs);
        };
      }
    };
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public String toString() {
    return kernels + ", joined";
  }
}
