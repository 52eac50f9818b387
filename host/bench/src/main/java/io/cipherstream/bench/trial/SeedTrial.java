package io.cipherstream.bench.trial;

import io.cipherstream.bench.cycles.run.ConformanceRun;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.ring.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Random limb programs of one seed on a simulated card, of which one that fails is kept. */
public final class SeedTrial {

  private final EngineSpec engine;
  private final int degree;
  private final int bits;
  private final int instructions;
  private final long seed;
  private final @Nullable FailingProgram failing;

  /**
   * @param bits length of the moduli
   * @param instructions to run, at least
   * @param keep folder for a program on which the card differs, or null to keep none
   */
  public SeedTrial(
      EngineSpec engine, int degree, int bits, int instructions, long seed, @Nullable Path keep) {
    this.engine = engine;
    this.degree = degree;
    this.bits = bits;
    this.instructions = instructions;
    this.seed = seed;
    this.failing = keep == null ? null : new FailingProgram(keep, "seed-" + seed);
  }

  /**
   * Runs the programs.
   *
   * @throws EngineException of kind MISMATCH if a word differs
   */
  public ConformanceRun.Outcome outcome() {
    return ConformanceRun.of(
        engine,
        degree,
        bits,
        instructions,
        seed,
        failing == null ? (one, two, program, data) -> {} : failing);
  }

  /**
   * Runs the programs; that a word differs is a result.
   *
   * @throws EngineException of any kind but MISMATCH
   */
  public TrialResult result() {
    long started = System.nanoTime();
    TrialResult.Outcome ended = TrialResult.Outcome.PASSED;
    List<String> problems = List.of();
    long cycles = 0;
    long words = 0;
    try {
      ConformanceRun.Outcome outcome = outcome();
      cycles = outcome.activity().cycles();
      words = outcome.report().words();
    } catch (EngineException e) {
      if (e.kind() != EngineException.Kind.MISMATCH) {
        throw e;
      }
      ended = TrialResult.Outcome.DIFFERS;
      problems = List.of(String.valueOf(e.getMessage()));
    }
    return new TrialResult(
        "random programs",
        "seed " + seed,
        ended,
        problems,
        instructions,
        cycles,
        words,
        0,
        List.of(),
        (System.nanoTime() - started) / 1e9);
  }

  /** The file of the program that differed, once one has and if it is to be kept. */
  public Optional<Path> kept() {
    return failing == null ? Optional.empty() : failing.written();
  }
}
