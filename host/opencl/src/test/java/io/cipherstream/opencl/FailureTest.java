package io.cipherstream.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.Runs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that fails, hangs, or has too little memory. */
@Timeout(60)
@Tag("native")
class FailureTest {

  private static final int DEGREE = TestEngines.RING.degree();
  private static final LimbProgram PROGRAM = TestEngines.transformAndAdd(TestEngines.RING);

  /** Lets calls of one name fail: some pass first, then some fail. */
  private static final class FailingCalls extends ClCalls {
    private final String failing;
    private final int status;
    private final int passing;
    private final int failures;
    private final AtomicInteger seen = new AtomicInteger();

    FailingCalls(String failing, int status, int passing) {
      this(failing, status, passing, Integer.MAX_VALUE);
    }

    FailingCalls(String failing, int status, int passing, int failures) {
      this.failing = failing;
      this.status = status;
      this.passing = passing;
      this.failures = failures;
    }

    @Override
    int outcome(String call, int actual) {
      if (!call.equals(failing)) {
        return actual;
      }
      int number = seen.getAndIncrement() - passing;
      return number >= 0 && number < failures ? status : actual;
    }
  }

  private static EngineException failure(Runnable action) {
    return catchThrowableOfType(EngineException.class, action::run);
  }

  private static List<LimbView> views(OpenClEngine engine) {
    LimbBuffer a = engine.allocate(DEGREE);
    engine.upload(Runs.direct(DEGREE), a, 0);
    return List.of(LimbView.of(a), LimbView.of(engine.allocate(DEGREE)));
  }

  /** A program fails once a download waits for it; the driver takes its time with the download. */
  private static final class LateDownload extends ClCalls {
    final CountDownLatch enqueued = new CountDownLatch(1);
    final CountDownLatch returned = new CountDownLatch(1);
    volatile boolean armed;
    volatile boolean downloads;
    volatile boolean tooEarly;

    @Override
    int outcome(String call, int actual) {
      if (downloads && call.equals("clEnqueueReadBuffer")) {
        enqueued.countDown();
      }
      return actual;
    }

    @Override
    void await(cl_event[] awaited, String what) {
      try {
        if (armed && what.equals(PROGRAM.name())) {
          enqueued.await();
          throw new EngineException(EngineException.Kind.DEVICE, "of the test");
        }
        if (armed) {
          tooEarly = returned.await(1, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      super.await(awaited, what);
    }
  }

  /** The failure of a program is seen only when the words of a download behind it are there. */
  private static final class LateFailure extends ClCalls {
    final CountDownLatch downloaded = new CountDownLatch(1);
    final CountDownLatch returned = new CountDownLatch(1);
    volatile boolean armed;

    @Override
    void await(cl_event[] awaited, String what) {
      super.await(awaited, what);
      if (!armed) {
        return;
      }
      if (!what.equals(PROGRAM.name())) {
        downloaded.countDown();
        return;
      }
      try {
        if (downloaded.await(30, TimeUnit.SECONDS)) {
          // A download that does not wait for this thread returns meanwhile.
          var unused = returned.await(1, TimeUnit.SECONDS);
          throw new EngineException(EngineException.Kind.DEVICE, "of the test");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aDownloadBehindAFailedProgramFailsThoughItsWordsAreThere() {
    LateFailure calls = new LateFailure();
    try (OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls)) {
      List<LimbView> views = views(engine);
      // The first time its tables go to the device too.
      engine.submit(PROGRAM, views).await();
      calls.armed = true;
      var unused = engine.submit(PROGRAM, views);
      EngineException failure =
          failure(() -> engine.download(views.get(1).buffer(), 0, Runs.direct(DEGREE)));
      calls.returned.countDown();
      assertThat(failure).as("not words of a program that failed").isNotNull();
      assertThat(failure.kind()).isEqualTo(EngineException.Kind.DEVICE);
      calls.armed = false;
    }
  }

  @Test
  void aDownloadFromALostDeviceReturnsOnlyWhenTheDriverIsDoneWithItsMemory() {
    LateDownload calls = new LateDownload();
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    // The first time its tables go to the device too.
    engine.submit(PROGRAM, views).await();
    calls.armed = true;
    Completion program = engine.submit(PROGRAM, views);
    calls.downloads = true;
    EngineException lost =
        failure(() -> engine.download(views.get(1).buffer(), 0, Runs.direct(DEGREE)));
    calls.returned.countDown();
    assertThat(lost).hasMessageContaining("is lost: of the test");
    assertThat(failure(program::await)).hasMessageContaining("of the test");
    engine.close();
    assertThat(calls.tooEarly).as("it returned while the driver could still write").isFalse();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void deviceLostAtALaunchFailsEverythingButClose() {
    FailingCalls calls = new FailingCalls("clEnqueueNDRangeKernel", CL.CL_OUT_OF_RESOURCES, 21);
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    for (int i = 0; i < 10; i++) {
      engine.submit(PROGRAM, views).await();
    }
    EngineException lost = failure(() -> engine.submit(PROGRAM, views).await());
    assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
    assertThat(lost).hasMessageContaining("CL_OUT_OF_RESOURCES");
    for (Runnable later :
        List.<Runnable>of(
            () -> engine.submit(PROGRAM, views),
            () -> engine.allocate(8),
            () -> engine.download(views.get(0).buffer(), 0, Runs.direct(8)),
            () -> engine.upload(Runs.direct(8), views.get(0).buffer(), 0))) {
      EngineException again = failure(later);
      assertThat(again.kind()).isEqualTo(EngineException.Kind.DEVICE);
      assertThat(again).hasMessageContaining("is lost").hasMessageContaining("open a new engine");
    }
    views.forEach(v -> v.buffer().close());
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void drillLetsTheDeviceFailAfterSomeLaunches() {
    System.setProperty(ClCalls.FAIL_AFTER, "4");
    try (OpenClEngine engine = TestEngines.open()) {
      List<LimbView> views = views(engine);
      engine.submit(PROGRAM, views).await();
      engine.submit(PROGRAM, views).await();
      EngineException lost = failure(() -> engine.submit(PROGRAM, views));
      assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
      assertThat(lost).hasMessageContaining("kernel launch 5").hasMessageContaining("failAfter");
    } finally {
      System.clearProperty(ClCalls.FAIL_AFTER);
    }
  }

  @Test
  void deviceLostWhileProgramsRunFailsTheirCompletions() {
    FailingCalls calls = new FailingCalls("clWaitForEvents", -14, 8);
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    EngineException lost =
        failure(
            () -> {
              for (int i = 0; i < 20; i++) {
                engine.submit(PROGRAM, views).await();
              }
            });
    assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  /** A driver that never comes back from waiting for a program. */
  private static final class HangingCalls extends ClCalls {
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean hangs;

    @Override
    void await(cl_event[] awaited, String what) {
      super.await(awaited, what);
      while (hangs && released.getCount() > 0) {
        try {
          released.await();
        } catch (InterruptedException e) {
          // It hangs on.
        }
      }
    }
  }

  @Test
  void deviceThatHangsIsGivenUp() {
    HangingCalls calls = new HangingCalls();
    OpenClOptions options = TestEngines.SMALL.withPatience(Duration.ofMillis(300)).withLanes(1);
    OpenClEngine engine = TestEngines.open(options, calls);
    List<LimbView> views = views(engine);
    calls.hangs = true;
    Completion first = engine.submit(PROGRAM, views);
    Completion second = engine.submit(PROGRAM, views);
    EngineException lost = failure(first::await);
    assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
    assertThat(lost).hasMessageContaining("no command finished");
    assertThat(failure(second::await).kind()).isEqualTo(EngineException.Kind.DEVICE);
    assertThat(failure(() -> engine.submit(PROGRAM, views)).kind())
        .isEqualTo(EngineException.Kind.DEVICE);
    calls.released.countDown();
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void closeOfADeviceThatHangsComesBack() {
    HangingCalls calls = new HangingCalls();
    OpenClOptions options = TestEngines.SMALL.withPatience(Duration.ofMillis(300));
    OpenClEngine engine = TestEngines.open(options, calls);
    List<LimbView> views = views(engine);
    calls.hangs = true;
    Completion completion = engine.submit(PROGRAM, views);
    assertThat(failure(completion::await).kind()).isEqualTo(EngineException.Kind.DEVICE);
    engine.close();
    assertThat(calls.live().memories()).as("nothing is freed under a running command").isEqualTo(2);
    calls.released.countDown();
  }

  @Test
  void whatNeverFitsIsRefusedWithoutWaitingForWhatRuns() {
    HangingCalls calls = new HangingCalls();
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    calls.hangs = true;
    Completion completion = engine.submit(PROGRAM, views);
    for (long words : new long[] {4 << 20, Long.MAX_VALUE - 7}) {
      EngineException refused = failure(() -> engine.allocate(words));
      assertThat(refused.kind()).isEqualTo(EngineException.Kind.MEMORY);
      assertThat(refused).hasMessageContaining(words + " words").hasMessageContaining("close some");
    }
    calls.released.countDown();
    assertThat(completion.await().zeroWords()).isZero();
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void whateverIsThrownWhileACommandStartsLeavesNothingToWaitFor() {
    ClCalls calls =
        new ClCalls() {
          @Override
          cl_event launch(cl_command_queue queue, cl_kernel kernel, long[] global, long[] local) {
            throw new IllegalStateException("unforeseen");
          }
        };
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    EngineException lost = failure(() -> engine.submit(PROGRAM, views));
    assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
    assertThat(lost).hasMessageContaining("unforeseen");
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void whateverIsThrownWhileWaitingReachesWhoeverWaits() {
    ClCalls calls =
        new ClCalls() {
          @Override
          long nanos(cl_event event) {
            throw new OutOfMemoryError("of the test");
          }
        };
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    EngineException lost = failure(() -> engine.submit(PROGRAM, views).await());
    assertThat(lost.kind()).isEqualTo(EngineException.Kind.DEVICE);
    assertThat(lost).hasMessageContaining("of the test");
    engine.close();
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void waitingCanBeInterrupted() throws Exception {
    HangingCalls calls = new HangingCalls();
    OpenClEngine engine = TestEngines.open(TestEngines.SMALL, calls);
    List<LimbView> views = views(engine);
    calls.hangs = true;
    Completion completion = engine.submit(PROGRAM, views);
    Thread.currentThread().interrupt();
    EngineException interrupted = failure(completion::await);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupted.kind()).isEqualTo(EngineException.Kind.UNAVAILABLE);
    assertThat(interrupted).hasMessageContaining("interrupted");
    calls.released.countDown();
    assertThat(completion.await().zeroWords()).isZero();
    engine.close();
  }

  @Test
  void deviceWithoutMemoryRefusesThePool() {
    FailingCalls calls = new FailingCalls("clCreateBuffer", CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, 1);
    EngineException refused = failure(() -> TestEngines.open(TestEngines.SMALL, calls));
    assertThat(refused.kind()).isEqualTo(EngineException.Kind.MEMORY);
    assertThat(refused)
        .hasMessageContaining("memory pool of 16777216 bytes")
        .hasMessageContaining("CL_MEM_OBJECT_ALLOCATION_FAILURE");
    assertThat(calls.live().contexts() + calls.live().queues()).isZero();
  }

  @Test
  void deviceThatAllocatesLateRefusesThePoolToo() {
    FailingCalls calls =
        new FailingCalls("clEnqueueWriteBuffer", CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, 1);
    EngineException refused = failure(() -> TestEngines.open(TestEngines.SMALL, calls));
    assertThat(refused.kind()).isEqualTo(EngineException.Kind.MEMORY);
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void poolOfTheDefaultSizeShrinksToWhatThereIs() {
    FailingCalls calls =
        new FailingCalls("clEnqueueWriteBuffer", CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, 1, 2);
    OpenClOptions options = TestEngines.SMALL.withMemoryBytesMax(0);
    long all;
    try (OpenClEngine engine = TestEngines.open(options, new ClCalls())) {
      all = engine.capabilities().memoryBytes();
    }
    try (OpenClEngine engine = TestEngines.open(options, calls)) {
      assertThat(engine.capabilities().memoryBytes()).isBetween(all / 8, all / 2);
    }
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void kernelsThatDoNotBuildShowTheCompilersLog() {
    ClCalls calls =
        new ClCalls() {
          @Override
          cl_program build(cl_context context, cl_device_id device, String source, String options) {
            return super.build(
                context, device, source + "\n__kernel void broken() { no_such_thing(); }", options);
          }
        };
    assertThatThrownBy(() -> TestEngines.open(TestEngines.SMALL, calls))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.BUILD))
        .hasMessageContaining("no_such_thing")
        .hasMessageContaining("CL_BUILD_PROGRAM_FAILURE");
    assertThat(calls.live()).isEqualTo(ClCalls.Live.NONE);
  }

  @Test
  void anAbsentDeviceIsUnavailable() {
    FailingCalls calls = new FailingCalls("clCreateContext", CL.CL_DEVICE_NOT_AVAILABLE, 0);
    EngineException refused = failure(() -> TestEngines.open(TestEngines.SMALL, calls));
    assertThat(refused.kind()).isEqualTo(EngineException.Kind.UNAVAILABLE);
    assertThat(refused).hasMessageContaining("CL_DEVICE_NOT_AVAILABLE");
  }
}
