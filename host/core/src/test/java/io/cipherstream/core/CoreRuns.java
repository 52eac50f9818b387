package io.cipherstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Runs;
import java.util.List;

/** Compares lowered programs with the interpreter of limb programs. */
final class CoreRuns {

  private CoreRuns() {}

  /** Lowers a program, runs both, and compares every word of the arguments and the zero count. */
  static CoreProgram compare(
      String what, LimbProgram program, List<long[]> data, ClusterShape shape) {
    CoreProgram lowered = new Lowering(shape).lower(program);
    List<long[]> expected = Runs.copies(data);
    long zeros;
    try (LimbEngine engine = new JavaEngine(program.ring(), 1L << 31)) {
      zeros = Runs.on(engine, program, expected).zeroWords();
    }
    List<long[]> got = Runs.copies(data);
    long counted = new CoreInterpreter(program.ring()).run(lowered, got);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i))
          .as("%s, segment %s", what, program.arguments().get(i).name())
          .isEqualTo(expected.get(i));
    }
    assertThat(counted).as("%s, zero words", what).isEqualTo(zeros);
    return lowered;
  }
}
