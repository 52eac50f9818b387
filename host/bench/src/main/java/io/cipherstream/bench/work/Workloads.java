package io.cipherstream.bench.work;

import io.cipherstream.bench.report.BenchCase;
import io.cipherstream.ckks.CkksParameters;

/** Makes cases ready to run. */
final class Workloads {

  private Workloads() {}

  static Workload open(BenchCase what) {
    CkksParameters parameters = CkksParameters.named(what.parameters());
    return switch (what.kind()) {
      case INSTRUCTION ->
          new InstructionWorkload(
              LimbInstruction.named(what.name()),
              OpenEngines.limbEngine(what.engine(), parameters),
              what.limbs(),
              OpenEngines.sealOnly(what.engine()));
      case OPERATION ->
          new OperationWorkload(
              CkksOperation.named(what.name()),
              OpenEngines.subject(what.engine(), parameters),
              what.limbs());
      case SENTENCE ->
          throw new IllegalArgumentException("sentences are not measured in this process");
    };
  }
}
