package io.cipherstream.bench.work;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The one benchmark: time of a call of whatever case it is given. It measures the call from Java,
 * with the allocation and release of results and, on devices, the wait for the end; it does not
 * measure the making of operands, keys and programs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CaseBenchmark {

  /** Shared by all threads. */
  @State(Scope.Benchmark)
  public static class Shared {

    /** A {@link CaseKey} as text; the worker sets it. */
    @Param("")
    public String key = "";

    private @Nullable Workload workload;

    @Setup(Level.Trial)
    public void open() {
      CaseKey parsed = CaseKey.parse(key);
      Workload opened = Workloads.open(parsed.what());
      workload = opened;
      new CaseFacts(opened.perCall(), opened.wordsDigest()).write(parsed.index());
    }

    @TearDown(Level.Trial)
    public void close() {
      Objects.requireNonNull(workload, "open comes first").close();
    }
  }

  /** One thread's own. */
  @State(Scope.Thread)
  public static class Own {

    private Workload.@Nullable Lane lane;

    @Setup(Level.Trial)
    public void open(Shared shared) {
      lane = Objects.requireNonNull(shared.workload, "open comes first").lane();
    }

    @TearDown(Level.Trial)
    public void close() {
      Objects.requireNonNull(lane, "open comes first").close();
    }
  }

  @Benchmark
  public Object call(Own own) {
    return Objects.requireNonNull(own.lane, "open comes first").once();
  }
}
