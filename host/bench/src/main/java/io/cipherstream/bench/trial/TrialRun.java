package io.cipherstream.bench.trial;

import io.cipherstream.bench.cycles.run.CardMeter;
import io.cipherstream.bench.trial.TrialResult.Outcome;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.ProgramException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Runs program files on an engine and on the interpreter. Programs of one ring that follow each
 * other share an engine. Close it to free the engines; not thread-safe.
 */
public final class TrialRun implements AutoCloseable {

  private static final long MEMORY_BYTES_MAX = 4L << 30;

  private final EngineSpec spec;
  private final CardMeter meter = new CardMeter();
  private @Nullable Pair engines;

  /** The engine and the interpreter of one ring. */
  private record Pair(LimbEngine candidate, LimbEngine oracle) {

    void close() {
      candidate.close();
      oracle.close();
    }
  }

  public TrialRun(EngineSpec spec) {
    this.spec = spec;
  }

  /**
   * Runs one file.
   *
   * @param seed of words that no file has
   * @throws EngineException of kind UNAVAILABLE or BUILD if there is no such engine here
   */
  public TrialResult of(Path file, TrialFiles files, long seed, CardMeter.Listener listener) {
    long started = System.nanoTime();
    long cycles = meter.total().cycles();
    @Nullable ProgramTrial trial = null;
    Outcome outcome = Outcome.PASSED;
    List<String> problems = List.of();
    try {
      trial = ProgramTrial.read(file, files, seed);
      problems = run(trial, listener);
      outcome = problems.isEmpty() ? Outcome.PASSED : Outcome.DIFFERS;
    } catch (TrialException | ProgramException e) {
      outcome = Outcome.BAD_INPUT;
      problems = List.of(String.valueOf(e.getMessage()));
    } catch (EngineException e) {
      outcome =
          switch (e.kind()) {
            case UNAVAILABLE, BUILD -> throw e;
            case MISMATCH -> Outcome.DIFFERS;
            case PROGRAM -> Outcome.BAD_INPUT;
            default -> Outcome.FAILED;
          };
      problems = List.of(String.valueOf(e.getMessage()));
      closeEngines();
    }
    Path folder = file.getParent();
    return new TrialResult(
        folder == null ? "." : folder.toString(),
        file.getFileName().toString(),
        outcome,
        problems,
        trial == null ? 0 : trial.program().instructions().size(),
        meter.total().cycles() - cycles,
        trial == null ? 0 : trial.data().stream().mapToLong(words -> words.length).sum(),
        trial == null ? 0 : trial.expected().values().stream().mapToLong(w -> w.length).sum(),
        trial == null ? List.of() : trial.drawn(),
        (System.nanoTime() - started) / 1e9);
  }

  private List<String> run(ProgramTrial trial, CardMeter.Listener listener) {
    Pair both = engines(trial.program().ring());
    int instructions = trial.program().instructions().size();
    ScheduledExecutorService watch = meter.watch(listener, instructions, 0);
    try {
      EngineConformance.Outcome left =
          EngineConformance.one(both.candidate(), both.oracle(), trial.program(), trial.data());
      return trial.finish(left.words());
    } finally {
      watch.shutdownNow();
    }
  }

  private Pair engines(LimbRing ring) {
    Pair open = engines;
    if (open == null || !open.oracle().ring().equals(ring)) {
      closeEngines();
      open =
          new Pair(
              Engines.limb(
                  spec,
                  ring,
                  EngineSettings.of(spec).with(CardOptions.DEFAULTS.withListener(meter))),
              new JavaEngine(ring, MEMORY_BYTES_MAX));
      engines = open;
    }
    return open;
  }

  private void closeEngines() {
    if (engines != null) {
      engines.close();
      engines = null;
    }
  }

  @Override
  public void close() {
    closeEngines();
  }
}
