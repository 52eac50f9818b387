package io.cipherstream.bench.cycles.run;

import io.cipherstream.bench.cycles.report.CycleCase;
import io.cipherstream.bench.cycles.report.CycleCase.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.Opcode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is run, and the programs of it. */
final class CasePrograms {

  /** Limbs of a batch. */
  static final int BATCH = 16;

  /** L of the rotation and the product that every degree has. */
  static final int LIMBS = 3;

  private final Map<CycleCase, LimbProgram> compiled = new HashMap<>();

  /**
   * The cases of a run at one degree.
   *
   * @param quick the few that the goals and a first look need
   */
  static List<CycleCase> of(int degree, boolean quick) {
    List<CycleCase> cases = new ArrayList<>();
    cases.add(new CycleCase(Kind.TRANSFORM, "NTT", degree, 1));
    cases.add(new CycleCase(Kind.TRANSFORM, "NTT", degree, BATCH));
    cases.add(new CycleCase(Kind.TRANSFORM, "INTT", degree, BATCH));
    for (String name : wordwise(quick)) {
      cases.add(new CycleCase(Kind.WORDWISE, name, degree, BATCH));
    }
    cases.add(new CycleCase(Kind.ROTATION, "rotation", degree, LIMBS));
    if (!quick && degree >= CkksParameters.N8192.degree()) {
      int most = degree == CkksParameters.N8192.degree() ? 4 : 8;
      cases.add(new CycleCase(Kind.ROTATION, "rotation", degree, most));
    }
    cases.add(new CycleCase(Kind.PRODUCT, "128×128 product", degree, LIMBS));
    return cases;
  }

  private static List<String> wordwise(boolean quick) {
    if (quick) {
      return List.of("MUL", "MAC", BatchPrograms.WEIGHTS, "REDUCE", "PERM");
    }
    List<String> names = new ArrayList<>();
    Arrays.stream(Opcode.values())
        .filter(o -> o != Opcode.NTT && o != Opcode.INTT)
        .forEach(o -> names.add(o.name()));
    int after = names.indexOf("MAC") + 1;
    names.addAll(after, List.of(BatchPrograms.WEIGHTS, BatchPrograms.CHAIN));
    return names;
  }

  /** The program of a case. */
  LimbProgram of(CycleCase what) {
    return compiled.computeIfAbsent(what, CasePrograms::compile);
  }

  private static LimbProgram compile(CycleCase what) {
    return switch (what.kind()) {
      case TRANSFORM, WORDWISE -> BatchPrograms.of(what.name(), ring(what.degree()), what.limbs());
      case ROTATION -> OperationCompiler.compile(false, what.degree(), what.limbs());
      case PRODUCT -> OperationCompiler.compile(true, what.degree(), what.limbs());
    };
  }

  /** The ring of all programs at a degree: the one that operations there are compiled for. */
  static LimbRing ring(int degree) {
    CkksParameters set =
        CkksParameters.SETS.stream()
            .filter(s -> s.degree() >= degree)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no parameter set for N = " + degree));
    return new LimbRing(degree, set.ring().moduli());
  }
}
