package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.ProgramBuilder;
import io.cipherstream.ring.Runs;
import io.cipherstream.ring.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that wait for each other: when they start, as how many, and what they give. */
@Timeout(120)
@Tag("native")
class RoundsTest {

  private static final long SEED = Long.getLong("seed", 1130);
  private static final int DEGREE = TestEngines.RING.degree();
  private static final LimbProgram ADD = add(false);
  private static final LimbProgram COUNT = add(true);

  private final JoiningCode code = JoiningCode.of(TestEngines.SMALL, new ClCalls(), 16);

  private OpenClEngine open() {
    return open(TestEngines.SMALL, new ClCalls());
  }

  private OpenClEngine open(OpenClOptions options, ClCalls calls) {
    return new OpenClEngine(TestEngines.POCL, TestEngines.RING, options, code, calls);
  }

  /** d += 1 word by word; counts the zero words that d had. */
  private static LimbProgram add(boolean counts) {
    ProgramBuilder builder = LimbProgram.builder(counts ? "count" : "add", TestEngines.RING);
    Segment d = builder.update("d", DEGREE);
    if (counts) {
      builder.zeros(0, d.at(0));
    }
    return builder.addc(0, d.at(0), d.at(0), 1).build();
  }

  private static LimbBuffer zeros(OpenClEngine engine) {
    LimbBuffer buffer = engine.allocate(DEGREE);
    engine.upload(Runs.direct(DEGREE), buffer, 0);
    return buffer;
  }

  private static Completion submit(OpenClEngine engine, LimbProgram program, LimbBuffer buffer) {
    return engine.submit(program, List.of(LimbView.of(buffer)));
  }

  private static long first(OpenClEngine engine, LimbBuffer buffer) {
    ByteBuffer words = Runs.direct(DEGREE);
    engine.download(buffer, 0, words);
    return words.getLong(0);
  }

  @Test
  void randomProgramsGiveTheInterpretersWords() {
    try (OpenClEngine engine = open();
        JavaEngine java = new JavaEngine(TestEngines.RING, 1L << 28)) {
      System.out.println(EngineConformance.run(engine, java, SEED, 6000));
      assertThat(engine.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void mixturesOfSeveralThreadsGiveTheWordsOfOneAfterTheOther() throws Exception {
    try (OpenClEngine engine = open()) {
      OrderTest.compare(engine);
      assertThat(engine.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void aDownloadStartsWhatWasSubmittedAsOne() {
    try (OpenClEngine engine = open()) {
      for (int time = 1; time <= 2; time++) {
        LimbBuffer buffer = zeros(engine);
        for (int i = 0; i < 5; i++) {
          var unused = submit(engine, ADD, buffer);
        }
        assertThat(code.started()).hasSize(time - 1);
        buffer.close();
        LimbBuffer other = zeros(engine);
        var unused = submit(engine, ADD, other);
        assertThat(first(engine, other)).isEqualTo(1);
        assertThat(code.started()).hasSize(time);
      }
      LimbProgram first = code.started().get(0).get(0);
      assertThat(first).as("equal parts are one").isSameAs(code.started().get(1).get(0));
      assertThat(first.name()).isEqualTo("6 programs from add to add");
      assertThat(engine.counters().submissions()).isEqualTo(12);
      assertThat(engine.counters().instructions()).isEqualTo(12);
      assertThat(engine.counters().liveBuffers()).as("those not closed").isEqualTo(2);
    }
  }

  @Test
  void aCountIsThatOfItsProgram() {
    try (OpenClEngine engine = open();
        LimbBuffer buffer = zeros(engine)) {
      List<Completion> completions = new ArrayList<>();
      for (LimbProgram program : List.of(ADD, COUNT, ADD, COUNT, COUNT)) {
        completions.add(submit(engine, program, buffer));
      }
      completions.add(submit(engine, COUNT, zeros(engine)));
      assertThat(completions.stream().map(c -> c.await().zeroWords()))
          .containsExactly(0L, 0L, 0L, 0L, 0L, (long) DEGREE);
      assertThat(code.started()).hasSize(1);
      assertThat(code.started().get(0)).as("one that counts in each").hasSize(4);
      assertThat(first(engine, buffer)).isEqualTo(5);
    }
  }

  @Test
  void transfersStartOnlyWhatTheyTouch() {
    try (OpenClEngine engine = open()) {
      LimbBuffer used = zeros(engine);
      LimbBuffer free = zeros(engine);
      var unused = submit(engine, ADD, used);
      engine.upload(Runs.direct(DEGREE), free, 0);
      assertThat(first(engine, free)).isZero();
      assertThat(code.started()).isEmpty();
      engine.upload(Runs.direct(DEGREE), used, 0);
      assertThat(code.started()).hasSize(1);
      assertThat(first(engine, used)).isZero();
    }
  }

  @Test
  void anotherThreadsProgramComesAfterWhatItUses() throws Exception {
    try (OpenClEngine engine = open();
        LimbBuffer buffer = zeros(engine)) {
      Completion[] submitted = {submit(engine, ADD, buffer), null};
      Thread thread =
          new Thread(
              () -> {
                submitted[1] = submit(engine, ADD, buffer);
                Thread.currentThread().interrupt();
                submit(engine, ADD, zeros(engine));
              });
      thread.start();
      thread.join();
      assertThat(code.started()).as("the first thread's").hasSize(1);
      assertThat(first(engine, buffer)).isEqualTo(2);
      assertThat(code.started()).hasSize(2);
    }
  }

  @Test
  void aPartTakesAsManyBuffersAsTheDeviceHasSegments() {
    try (OpenClEngine engine = open()) {
      List<LimbBuffer> buffers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        buffers.add(zeros(engine));
        var unused = submit(engine, ADD, buffers.get(i));
      }
      assertThat(first(engine, buffers.get(0))).isEqualTo(1);
      assertThat(code.started()).hasSize(1);
      assertThat(code.started().get(0)).as("14 buffers each").hasSize(3);
      for (LimbBuffer buffer : buffers) {
        assertThat(first(engine, buffer)).isEqualTo(1);
      }
      ProgramBuilder builder = LimbProgram.builder("wide", TestEngines.RING);
      List<LimbView> views = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        Segment d = builder.output("d" + i, DEGREE);
        builder.fill(0, d.at(0), 1);
        views.add(LimbView.of(buffers.get(i)));
      }
      LimbProgram wide = builder.build();
      EngineException refused =
          catchThrowableOfType(EngineException.class, () -> engine.submit(wide, views));
      assertThat(refused.kind()).isEqualTo(EngineException.Kind.PROGRAM);
      assertThat(refused).hasMessage("wide: it uses 15 buffers, the card takes 14");
    }
  }

  @Test
  void memoryOfClosedBuffersIsHadBackByRunningWhatUsesThem() {
    try (OpenClEngine engine = open()) {
      long words = engine.capabilities().memoryBytes() / Long.BYTES / 24 * 8;
      for (int i = 0; i < 8; i++) {
        LimbBuffer large = engine.allocate(words);
        engine.upload(Runs.direct(DEGREE), large, 0);
        var unused = engine.submit(ADD, List.of(new LimbView(large, 0, DEGREE)));
        large.close();
      }
      assertThat(engine.counters().liveBuffers()).isPositive();
    }
    assertThat(
            code.started().stream()
                .flatMap(List::stream)
                .mapToInt(p -> p.instructions().size())
                .sum())
        .isEqualTo(8);
  }

  @Test
  void aRoundThatCannotStartLosesTheDevice() {
    ClCalls broken =
        new ClCalls() {
          @Override
          int outcome(String call, int actual) {
            return call.equals("clEnqueueNDRangeKernel") ? -36 : actual;
          }
        };
    JoiningCode failing = JoiningCode.of(TestEngines.SMALL, broken, 16);
    try (OpenClEngine engine =
        new OpenClEngine(TestEngines.POCL, TestEngines.RING, TestEngines.SMALL, failing, broken)) {
      LimbBuffer buffer = zeros(engine);
      Completion completion = submit(engine, ADD, buffer);
      for (Runnable action :
          List.<Runnable>of(
              completion::await,
              completion::await,
              () -> first(engine, buffer),
              () -> submit(engine, ADD, buffer))) {
        EngineException failure = catchThrowableOfType(EngineException.class, action::run);
        assertThat(failure.kind()).isEqualTo(EngineException.Kind.DEVICE);
      }
      buffer.close();
      // A failure is known before the command that failed has let go of its buffers.
      long until = System.nanoTime() + 10_000_000_000L;
      while (engine.counters().liveBuffers() > 0 && System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      assertThat(engine.counters().liveBuffers()).isZero();
    }
  }

  @Test
  void closeRunsWhatWasSubmitted() {
    Completion completion;
    try (OpenClEngine engine = open()) {
      completion = submit(engine, COUNT, zeros(engine));
    }
    assertThat(completion.await().zeroWords()).isEqualTo(DEGREE);
  }
}
