package io.cipherstream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CrossCheckedEngineTest {

  private static final int N = 32;
  private final LimbRing ring = RandomPrograms.ring(8, N, 2, 40);
  private final List<String> heard = new ArrayList<>();
  private final CrossCheckedEngine.Listener listener =
      new CrossCheckedEngine.Listener() {
        @Override
        public void checked(LimbProgram program) {
          heard.add("checked");
        }

        @Override
        public void mismatch(LimbProgram program, EngineException difference) {
          heard.add("mismatch");
        }

        @Override
        public void skipped(LimbProgram program, EngineException why) {
          heard.add("skipped");
        }
      };

  private LimbProgram sum() {
    ProgramBuilder b = LimbProgram.builder("sum", ring);
    Segment x = b.input("x", N);
    Segment acc = b.update("acc", 2L * N);
    return b.add(1, acc.at(N), acc.at(N), x.at(0)).build();
  }

  private static List<Instruction> subtracts(List<Instruction> given) {
    return given.stream()
        .map(
            i -> new Instruction(Opcode.SUB, i.modulus(), 0, i.repeat(), 0, 0, i.d(), i.a(), i.b()))
        .toList();
  }

  private CrossCheckedEngine engine(
      UnaryOperator<List<Instruction>> fault, int zeros, double rate) {
    return new CrossCheckedEngine(
        new FaultyEngine(ring, fault, zeros), new JavaEngine(ring, 1 << 20), rate, 5, listener);
  }

  private static List<long[]> data() {
    long[] x = new long[N];
    x[7] = 1000;
    return List.of(x, new long[2 * N]);
  }

  @Test
  void equalResultsPassAndAreCounted() {
    try (CrossCheckedEngine engine = engine(UnaryOperator.identity(), 0, 1)) {
      RandomPrograms programs = new RandomPrograms(4, ring);
      for (int i = 0; i < 20; i++) {
        LimbProgram p = programs.next(20);
        Runs.on(engine, p, programs.data(p));
      }
      assertThat(engine.counts()).isEqualTo(new CrossCheckedEngine.Counts(20, 0, 0));
      assertThat(heard).hasSize(20).containsOnly("checked");
      assertThat(engine.counters().liveBuffers()).isZero();
      assertThat(engine.name()).isEqualTo("faulty");
    }
  }

  @Test
  void differentWordsAreNamed() {
    try (CrossCheckedEngine engine = engine(CrossCheckedEngineTest::subtracts, 0, 1)) {
      EngineException e =
          catchThrowableOfType(
              EngineException.class, () -> Runs.on(engine, sum(), Runs.copies(data())));
      assertThat(e.kind()).isEqualTo(EngineException.Kind.MISMATCH);
      assertThat(e)
          .hasMessage(
              "sum: engine faulty differs from java: segment acc, word %d: %d, expected 1000",
              N + 7, ring.modulus(1).value() - 1000);
      assertThat(engine.counts()).isEqualTo(new CrossCheckedEngine.Counts(1, 1, 0));
      assertThat(heard).containsExactly("mismatch");
    }
  }

  @Test
  void differentZeroCountsAreNamed() {
    try (CrossCheckedEngine engine = engine(UnaryOperator.identity(), 3, 1)) {
      assertThatThrownBy(() -> Runs.on(engine, sum(), Runs.copies(data())))
          .isInstanceOf(EngineException.class)
          .hasMessageEndingWith("zero words: 3, expected 0");
    }
  }

  @Test
  void onlyASampleIsChecked() {
    try (CrossCheckedEngine engine = engine(UnaryOperator.identity(), 0, 0.25)) {
      for (int i = 0; i < 400; i++) {
        Runs.on(engine, sum(), Runs.copies(data()));
      }
      assertThat(engine.counts().checked()).isBetween(60L, 140L);
      assertThat(engine.counters().submissions()).isEqualTo(400);
    }
    try (CrossCheckedEngine engine = engine(CrossCheckedEngineTest::subtracts, 0, 0)) {
      Runs.on(engine, sum(), Runs.copies(data()));
      assertThat(engine.counts()).isEqualTo(new CrossCheckedEngine.Counts(0, 0, 0));
    }
  }

  @Test
  void programsTooLargeForTheReferenceAreSkipped() {
    try (JavaEngine reference = new JavaEngine(ring, N * 8);
        CrossCheckedEngine engine =
            new CrossCheckedEngine(new JavaEngine(ring, 1 << 20), reference, 1, 1, listener)) {
      List<long[]> words = Runs.copies(data());
      Runs.on(engine, sum(), words);
      assertThat(words.get(1)[N + 7]).isEqualTo(1000);
      assertThat(engine.counts()).isEqualTo(new CrossCheckedEngine.Counts(0, 0, 1));
      assertThat(heard).containsExactly("skipped");
      assertThat(reference.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void enginesOfOtherRingsAndOddRatesAreRefused() {
    try (JavaEngine one = new JavaEngine(ring, 1);
        JavaEngine two = new JavaEngine(RandomPrograms.ring(9, N, 2, 40), 1)) {
      assertThatThrownBy(() -> new CrossCheckedEngine(one, two, 1, 1, listener))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new CrossCheckedEngine(one, one, Double.NaN, 1, listener))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rate NaN");
    }
  }
}
