package io.cipherstream.bench.cycles;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.core.ClusterShape;
import io.cipherstream.core.CoreInterpreter;
import io.cipherstream.core.CoreProgram;
import io.cipherstream.core.Submission;
import io.cipherstream.core.lower.Lowering;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.RandomPrograms;
import io.cipherstream.ring.Runs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The programs of a real sentence, lowered, give the words of the interpreter of limb programs on
 * random data: of each name the shortest and, up to a limit, the longest.
 */
@Tag("slow")
class RecordedProgramsTest {

  private static final long SEED = Long.getLong("seed", 31);
  private static final int INSTRUCTIONS_MAX = 3100;

  @Test
  void recordedProgramsGiveTheSameWords() {
    Recording tiny = Recordings.tiny();
    Map<String, LimbProgram> chosen = new LinkedHashMap<>();
    for (List<List<Submission>> rounds : List.of(tiny.cold(), tiny.warm())) {
      for (List<Submission> round : rounds) {
        for (Submission s : round) {
          LimbProgram p = s.program();
          int length = p.instructions().size();
          if (length <= INSTRUCTIONS_MAX) {
            chosen.merge(p.name(), p, (a, b) -> a.instructions().size() <= length ? a : b);
            chosen.merge(
                p.name() + ", longest", p, (a, b) -> a.instructions().size() >= length ? a : b);
          }
        }
      }
    }
    assertThat(chosen.size()).isGreaterThan(10);
    ClusterShape shape = ClusterShape.of(2, 64, 64, 16, 40, 48);
    CoreInterpreter core = new CoreInterpreter(tiny.ring());
    RandomPrograms random = new RandomPrograms(SEED, tiny.ring());
    for (LimbProgram p : chosen.values().stream().distinct().toList()) {
      List<long[]> expected = random.data(p);
      List<long[]> got = Runs.copies(expected);
      CoreProgram lowered = new Lowering(shape).lower(p);
      long counted = core.run(lowered, got);
      assertThat(counted).as(p.name()).isEqualTo(limb(p, expected));
      for (int i = 0; i < got.size(); i++) {
        assertThat(got.get(i))
            .as("seed %d, %s, segment %s", SEED, p.name(), p.arguments().get(i).name())
            .isEqualTo(expected.get(i));
      }
    }
  }

  /** Replaces the words by what the arguments hold afterwards; returns the zero count. */
  private static long limb(LimbProgram program, List<long[]> words) {
    try (LimbEngine engine = new JavaEngine(program.ring(), 1L << 31)) {
      return Runs.on(engine, program, words).zeroWords();
    }
  }
}
