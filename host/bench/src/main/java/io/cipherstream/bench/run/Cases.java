package io.cipherstream.bench.run;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.bench.report.BenchCase.Kind;
import io.cipherstream.bench.report.EngineInfo;
import io.cipherstream.bench.work.BenchEngines;
import io.cipherstream.bench.work.CkksOperation;
import io.cipherstream.bench.work.LimbInstruction;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.RoundlessPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which cases a run measures. The same on all engines comes one after the other, so that a machine
 * that gets busier or quieter meanwhile does not favour one of them.
 */
final class Cases {

  /** Limbs of a program that is measured for throughput. */
  static final int BATCH = 64;

  private static final int LARGE_DEGREE = 32768;

  /** Keys of the largest set take some gigabytes. */
  static final long LARGE_SET_BYTES_MIN = 12L << 30;

  private static final int MIDDLE_LIMBS = 10;

  private static final Set<CkksOperation> MANY_KEYS =
      Set.of(CkksOperation.ROTATE_ALL, CkksOperation.MATRIX);
  private static final Set<CkksOperation> ON_ALL_PROCESSORS =
      Set.of(CkksOperation.MULTIPLY_PLAIN, CkksOperation.ROTATE, CkksOperation.MATRIX);

  /** What is measured at fewer limbs too. */
  private static final Set<CkksOperation> AT_EACH_LEVEL =
      Set.of(
          CkksOperation.MULTIPLY_PLAIN,
          CkksOperation.RELINEARIZE,
          CkksOperation.RESCALE,
          CkksOperation.ROTATE,
          CkksOperation.MATRIX);

  /** What a quick run measures beyond the smallest set. */
  private static final Set<CkksOperation> QUICK_LARGE =
      Set.of(CkksOperation.ROTATE, CkksOperation.MULTIPLY_PLAIN);

  private final List<EngineInfo> engines;
  private final boolean quick;
  private final int processors;
  private final List<BenchCase> cases = new ArrayList<>();

  private Cases(List<EngineInfo> engines, boolean quick, int processors) {
    this.engines = engines;
    this.quick = quick;
    this.processors = processors;
  }

  static List<BenchCase> of(
      List<EngineInfo> engines, boolean quick, int processors, long memoryBytes) {
    Cases made = new Cases(engines, quick, processors);
    for (CkksParameters set : CkksParameters.ALL_SETS) {
      if (measured(set, quick, memoryBytes)) {
        made.instructions(set);
        made.operations(set);
        made.programs(set);
      }
    }
    return List.copyOf(made.cases);
  }

  /**
   * All of the interactive modes but the largest in a quick run, all in a full one; not those of
   * several special primes, whose keys the operands are not made for, nor of a single limb, where
   * nothing is rescaled.
   */
  private static boolean measured(CkksParameters set, boolean quick, long memoryBytes) {
    if (quick) {
      return CkksParameters.SETS.contains(set) && !set.equals(CkksParameters.N32768);
    }
    return set.dataLimbs() > 1
        && !set.hybrid()
        && (set.degree() < LARGE_DEGREE || memoryBytes >= LARGE_SET_BYTES_MIN);
  }

  private void instructions(CkksParameters set) {
    for (LimbInstruction instruction : LimbInstruction.values()) {
      boolean transform = instruction == LimbInstruction.NTT;
      if (quick && !small(set) && !transform) {
        continue;
      }
      instruction(instruction, set, BATCH, 1);
      if (transform) {
        instruction(instruction, set, 1, 1);
        if (processors > 1) {
          instruction(instruction, set, BATCH, processors);
        }
      }
    }
  }

  private void instruction(
      LimbInstruction instruction, CkksParameters set, int limbs, int threads) {
    for (EngineInfo engine : engines) {
      boolean interpreter = engine.id().equals(BenchEngines.JAVA);
      if (engine.instructions()
          && (!interpreter || small(set) || instruction == LimbInstruction.NTT)) {
        cases.add(
            new BenchCase(
                Kind.INSTRUCTION, instruction.name(), engine.id(), set.name(), limbs, threads));
      }
    }
  }

  private void operations(CkksParameters set) {
    for (int limbs : limbs(set)) {
      boolean top = limbs == set.dataLimbs();
      for (CkksOperation operation : CkksOperation.values()) {
        if (operation.plan().isPresent()) {
          continue;
        }
        operation(operation, set, limbs, 1);
        boolean parallel =
            quick
                ? operation == CkksOperation.ROTATE && small(set)
                : ON_ALL_PROCESSORS.contains(operation);
        if (parallel && top && processors > 1) {
          operation(operation, set, limbs, processors);
        }
      }
    }
  }

  /** Whole programs of the set that they are for, with keys of the limbs that come first. */
  private void programs(CkksParameters set) {
    for (CkksOperation operation : CkksOperation.values()) {
      RoundlessPlan plan = operation.plan().orElse(null);
      if (plan == null || !plan.parameters().equals(set)) {
        continue;
      }
      for (EngineInfo engine : engines) {
        if (engine.operations() && (small(set) || !engine.id().equals(BenchEngines.JAVA))) {
          int limbs = CkksOperation.keyLimbs(plan);
          cases.add(
              new BenchCase(Kind.OPERATION, operation.label(), engine.id(), set.name(), limbs, 1));
        }
      }
    }
  }

  private void operation(CkksOperation operation, CkksParameters set, int limbs, int threads) {
    for (EngineInfo engine : engines) {
      if (engine.operations() && measured(operation, engine.id(), set, limbs)) {
        cases.add(
            new BenchCase(
                Kind.OPERATION, operation.label(), engine.id(), set.name(), limbs, threads));
      }
    }
  }

  private boolean measured(CkksOperation operation, String engine, CkksParameters set, int limbs) {
    boolean manyKeys = MANY_KEYS.contains(operation);
    if (quick && !small(set) && !QUICK_LARGE.contains(operation)) {
      return false;
    }
    boolean top = limbs == set.dataLimbs();
    return switch (engine) {
      case BenchEngines.JAVA -> !manyKeys && small(set) && top;
      case BenchEngines.SEAL_LIMB_PORTABLE ->
          (manyKeys || operation == CkksOperation.ROTATE)
              && limbs <= MIDDLE_LIMBS
              && (small(set) || !quick);
      default ->
          (top || AT_EACH_LEVEL.contains(operation) || (manyKeys && limbs == MIDDLE_LIMBS))
              && (!manyKeys || limbs <= MIDDLE_LIMBS);
    };
  }

  private static boolean small(CkksParameters set) {
    return set.equals(CkksParameters.N8192);
  }

  /** The most, and in a full run about a third or half of it. */
  private List<Integer> limbs(CkksParameters set) {
    int most = set.dataLimbs();
    if (quick) {
      return List.of(most);
    }
    return List.of(most, most > MIDDLE_LIMBS ? MIDDLE_LIMBS : most / 3 + 1);
  }
}
