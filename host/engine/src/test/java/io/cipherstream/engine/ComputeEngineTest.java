package io.cipherstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CiphertextForm;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens to an engine whose device fails, on a clock of our own. */
@Tag("native")
class ComputeEngineTest {

  private static final CkksParameters SET = CkksParameters.N8192;

  private final AtomicLong clock = new AtomicLong(17);
  private final List<String> fallbacks = new ArrayList<>();
  private final List<LimbEngine> made = new ArrayList<>();
  private boolean broken;

  private final EngineEvents events =
      new EngineEvents() {
        @Override
        public void fellBack(String engine, EngineException cause) {
          fallbacks.add(engine + " " + cause.kind());
        }

        @Override
        public void crossChecked(String engine, boolean same) {}
      };

  private LimbEngine make() {
    if (broken) {
      throw new EngineException(EngineException.Kind.UNAVAILABLE, "no such device");
    }
    LimbEngine engine = new JavaEngine(SET.ring(), 1L << 30);
    made.add(engine);
    return engine;
  }

  private ComputeEngine compute(Supplier<LimbEngine> opener) {
    return new ComputeEngine(
        SET,
        new EngineChoice(EngineSpec.parse("java"), "the test wants it"),
        new SealArithmetic(SET),
        opener,
        1 << 20,
        events,
        clock::get);
  }

  @Test
  void aLostDeviceIsTriedAgainAfterLongerAndLongerPauses() {
    try (ComputeEngine compute = compute(this::make)) {
      ComputeEngine.Use first = compute.use().orElseThrow();
      ComputeEngine.Use second = compute.use().orElseThrow();
      first.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
      assertThat(fallbacks).containsExactly("java DEVICE");
      assertThat(compute.use()).as("at once").isEmpty();
      first.close();
      first.close();
      assertThat(second.evaluator().name()).as("others may finish").isEqualTo("java");
      var unused = made.get(0).allocate(8);
      second.close();
      assertThatThrownBy(() -> made.get(0).allocate(8))
          .as("closed with its last use")
          .isInstanceOf(IllegalStateException.class);

      broken = true;
      clock.addAndGet(ComputeEngine.RETRY_FIRST.toNanos());
      assertThat(compute.use()).as("still broken").isEmpty();
      broken = false;
      assertThat(compute.use()).as("not before twice the pause").isEmpty();
      clock.addAndGet(ComputeEngine.RETRY_FIRST.toNanos());
      assertThat(compute.use()).as("the second pause is longer").isEmpty();
      clock.addAndGet(ComputeEngine.RETRY_FIRST.toNanos());
      Optional<ComputeEngine.Use> back = compute.use();
      assertThat(back).as("back again").isPresent();
      assertThat(made).hasSize(2);
      back.orElseThrow().close();
    }
    assertThatThrownBy(() -> made.get(1).allocate(8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void pausesHaveALimit() {
    try (ComputeEngine compute = compute(this::make)) {
      try (ComputeEngine.Use use = compute.use().orElseThrow()) {
        use.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
      }
      broken = true;
      for (int i = 0; i < 20; i++) {
        clock.addAndGet(ComputeEngine.RETRY_MAX.toNanos());
        assertThat(compute.use()).isEmpty();
      }
      broken = false;
      clock.addAndGet(ComputeEngine.RETRY_MAX.toNanos());
      Optional<ComputeEngine.Use> use = compute.use();
      assertThat(use).isPresent();
      use.orElseThrow().close();
    }
    assertThat(ComputeEngine.RETRY_MAX).isGreaterThan(Duration.ofMinutes(1));
  }

  @Test
  void tooLittleMemoryEndsOneInferenceOnly() {
    try (ComputeEngine compute = compute(this::make);
        ComputeEngine.Use use = compute.use().orElseThrow()) {
      use.failed(new EngineException(EngineException.Kind.MEMORY, "full"));
      assertThat(fallbacks).containsExactly("java MEMORY");
      try (ComputeEngine.Use next = compute.use().orElseThrow()) {
        assertThat(next.evaluator()).isSameAs(use.evaluator());
      }
    }
  }

  @Test
  void ciphertextsCrossUnchanged() {
    int words = 2 * 2 * SET.degree();
    ByteBuffer raw = ByteBuffer.allocateDirect(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words; i++) {
      raw.putLong(i * Long.BYTES, i * 31L);
    }
    try (ComputeEngine compute = compute(this::make);
        ComputeEngine.Use use = compute.use().orElseThrow();
        Ciphertext seal = compute.trusted().importCiphertext(2, 2, 0x1p20, raw.duplicate());
        HostCiphertext between = compute.trusted().take(seal);
        Ciphertext there = use.evaluator().bring(between);
        HostCiphertext back = use.evaluator().take(there)) {
      assertThat(back.words()).isEqualTo(raw);
      assertThat(back.form()).isEqualTo(new CiphertextForm(2, 2, 0x1p20));
    }
  }

  @Test
  void sealAloneHasNoUse() {
    try (ComputeEngine compute = compute(null)) {
      assertThat(compute.use()).isEmpty();
      assertThat(compute.name()).isEqualTo("seal");
    }
  }

  @Test
  void sealStaysOpenUntilTheLastUseEnds() {
    ComputeEngine compute = compute(this::make);
    ComputeEngine.Use use = compute.use().orElseThrow();
    int words = 2 * SET.degree();
    ByteBuffer raw = ByteBuffer.allocateDirect(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    compute.close();
    compute.close();
    compute.trusted().importCiphertext(2, 1, 0x1p20, raw.duplicate()).close();
    use.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
    use.close();
    assertThatThrownBy(() -> compute.trusted().importCiphertext(2, 1, 0x1p20, raw.duplicate()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> made.get(0).allocate(8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whileOneCallerOpensTheDeviceAgainOthersGoToSeal() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Supplier<LimbEngine> slow =
        () -> {
          if (!made.isEmpty()) {
            inside.countDown();
            try {
              assertThat(go.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return make();
        };
    try (ComputeEngine compute = compute(slow)) {
      try (ComputeEngine.Use use = compute.use().orElseThrow()) {
        use.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
      }
      clock.addAndGet(ComputeEngine.RETRY_FIRST.toNanos());
      CompletableFuture<Optional<ComputeEngine.Use>> opens =
          CompletableFuture.supplyAsync(compute::use);
      assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();
      CompletableFuture<Boolean> other =
          CompletableFuture.supplyAsync(() -> compute.use().isEmpty());
      assertThat(other.get(1, TimeUnit.MINUTES)).isTrue();
      go.countDown();
      opens.get(1, TimeUnit.MINUTES).orElseThrow().close();
    } finally {
      go.countDown();
    }
  }

  @Test
  void anUnexpectedFailureWhileOpeningAgainGoesToSealToo() {
    boolean[] odd = new boolean[1];
    Supplier<LimbEngine> opener =
        () -> {
          if (odd[0]) {
            throw new IllegalStateException("the driver is confused");
          }
          return make();
        };
    try (ComputeEngine compute = compute(opener)) {
      try (ComputeEngine.Use use = compute.use().orElseThrow()) {
        use.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
      }
      assertThat(compute.name()).as("what computes meanwhile").isEqualTo("seal");
      odd[0] = true;
      clock.addAndGet(ComputeEngine.RETRY_FIRST.toNanos());
      assertThat(compute.use()).isEmpty();
      odd[0] = false;
      clock.addAndGet(ComputeEngine.RETRY_MAX.toNanos());
      compute.use().orElseThrow().close();
    }
  }

  @Test
  void aDeviceThatOpensButFailsEachTimeIsLeftAloneLongerAndLonger() {
    try (ComputeEngine compute = compute(this::make)) {
      Duration pause = ComputeEngine.RETRY_FIRST;
      for (int i = 0; i < 3; i++) {
        try (ComputeEngine.Use use = compute.use().orElseThrow()) {
          use.failed(new EngineException(EngineException.Kind.DEVICE, "gone"));
        }
        clock.addAndGet(pause.toNanos() - 1);
        assertThat(compute.use()).as("pause %s", pause).isEmpty();
        clock.addAndGet(1);
        pause = pause.multipliedBy(2);
      }
      compute.use().orElseThrow().close();
    }
  }

  @Test
  void anInterruptedCallerSaysNothingAboutTheDevice() {
    try (ComputeEngine compute = compute(this::make);
        ComputeEngine.Use use = compute.use().orElseThrow()) {
      use.failed(
          new EngineException(
              EngineException.Kind.UNAVAILABLE, "interrupted", new InterruptedException()));
      try (ComputeEngine.Use next = compute.use().orElseThrow()) {
        assertThat(next.evaluator()).isSameAs(use.evaluator());
      }
    }
  }

  @Test
  void anAutomaticChoiceFallsBackToTheNextBest() {
    EngineException cause = new EngineException(EngineException.Kind.UNAVAILABLE, "no driver");
    EngineChoice first = new EngineChoice(EngineSpec.parse("opencl:gpu"), "a GPU");
    EngineChoice second = Engines.instead(first, cause);
    assertThat(second.spec()).isEqualTo(EngineSpec.parse("seal-limb"));
    assertThat(second.reason()).contains("opencl:gpu").contains("no driver");
    assertThat(Engines.instead(second, cause).spec()).isEqualTo(EngineSpec.parse("seal"));
  }
}
