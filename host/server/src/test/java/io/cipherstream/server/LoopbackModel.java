package io.cipherstream.server;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EvaluationKeys;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.model.ModelTask;
import io.cipherstream.server.serving.CryptoBackend;
import io.cipherstream.server.serving.ModelAnswers;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.serving.StoredTrack;
import io.cipherstream.transformer.AgreedPlan;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.transformer.ClientOperation;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.KeyRequirements;
import io.cipherstream.transformer.Round;
import io.cipherstream.transformer.ServerRun;
import io.cipherstream.wire.KeySpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A model that sends back what it got, so that tests see every word and every resource. */
final class LoopbackModel implements ServedModel, CryptoBackend {

  static final CkksParameters PARAMETERS = CkksParameters.N8192;
  static final CiphertextSpec SHAPE = new CiphertextSpec(2, 0x1p38);
  static final String DIGEST = "ab".repeat(32);

  final AtomicInteger openKeys = new AtomicInteger();
  final AtomicInteger openComputations = new AtomicInteger();
  final AtomicInteger keyLoads = new AtomicInteger();
  final AtomicInteger steps = new AtomicInteger();
  final AtomicInteger floods = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();

  /** Answers of an inference in one request; set before the model is served. */
  int sealedOutputs = 2;

  /** Steps wait for a permit if this is not null. */
  volatile Semaphore gate;

  /** Seeds wait for a permit if this is not null. */
  volatile Semaphore seedGate;

  /** Whether one seed in 16 is too much for this engine. */
  volatile boolean plantedFault;

  /** Whether {@link #backend} fails, as nothing should. */
  volatile boolean plantedBackendFault;

  private final Path clientPackage;
  private final int downCount;

  LoopbackModel(Path clientPackage, int downCount) {
    this.clientPackage = clientPackage;
    this.downCount = downCount;
  }

  static List<CiphertextSpec> shapes(int count) {
    return java.util.Collections.nCopies(count, SHAPE);
  }

  /** Of a ciphertext. */
  private static long words() {
    return 2L * SHAPE.limbs() * PARAMETERS.degree();
  }

  private AgreedPlan plan(int tokenClass) {
    SortedMap<Integer, Integer> rotations = new TreeMap<>();
    rotations.put(1, 2);
    rotations.put(-3, 1);
    return new AgreedPlan(
        InferenceMode.PAPER.label(),
        tokenClass,
        1,
        PARAMETERS,
        shapes(2),
        List.of(
            new Round(0, 0, ClientOperation.KERNEL, shapes(downCount), shapes(1)),
            new Round(1, 0, ClientOperation.ACTIVATION, shapes(1), shapes(2))),
        shapes(1),
        new KeyRequirements(rotations, 2),
        0,
        5 * words(),
        DIGEST);
  }

  /** Three inputs, which are sent back as the outputs, from the first one again after the last. */
  private AgreedPlan sealed() {
    return new AgreedPlan(
        InferenceMode.SEALED.label(),
        29,
        1,
        PARAMETERS,
        shapes(3),
        List.of(),
        shapes(sealedOutputs),
        new KeyRequirements(new TreeMap<>(), 0),
        0,
        3 * words(),
        DIGEST);
  }

  @Override
  public String name() {
    return "loopback";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public ModelAnswers answers() {
    return new ModelAnswers(
        "value", "cls", List.of(), new ModelTask("sts-b", ModelTask.Input.PAIR, 0.0, 5.0), false);
  }

  @Override
  public String packageDigest() {
    return "cd".repeat(32);
  }

  @Override
  public Optional<Path> clientPackage() {
    return Optional.of(clientPackage);
  }

  @Override
  public List<AgreedPlan> plans() {
    return List.of(plan(16), plan(32), sealed());
  }

  @Override
  public CryptoBackend backend(CkksParameters parameters) {
    if (plantedBackendFault) {
      throw new IllegalStateException("a fault planted in the backend");
    }
    return this;
  }

  @Override
  public String engine() {
    return "loopback";
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  @Override
  public ServerRun start(AgreedPlan plan, EvaluationKeys keys, List<StoredTrack> tracks) {
    openComputations.incrementAndGet();
    return new Echo(plan);
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }

  @Override
  public void expandSeed(int limbs, byte[] seed, ByteBuffer words) {
    Semaphore waiting = seedGate;
    if (waiting != null) {
      waiting.acquireUninterruptibly();
    }
    if (plantedFault && (seed[0] & 0xf) == 0xf) {
      throw new IllegalStateException("a fault planted for the fuzzer");
    }
    words.put(new byte[words.remaining()]);
  }

  @Override
  public void rerandomize(HostCiphertext reply, EvaluationKeys keys) {}

  @Override
  public void flood(HostCiphertext answer, boolean apart) {
    floods.incrementAndGet();
  }

  @Override
  public KeyImport newKeys() {
    keyLoads.incrementAndGet();
    return new KeyImport() {
      @Override
      public void digit(KeySpec key, int digit, byte[] seed, ByteBuffer c0Words) {}

      @Override
      public EvaluationKeys build() {
        openKeys.incrementAndGet();
        return new Keys();
      }

      @Override
      public void close() {}
    };
  }

  private final class Keys implements EvaluationKeys {
    @Override
    public OptionalInt rotationLimbs(int step) {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt relinearizationLimbs() {
      return OptionalInt.empty();
    }

    @Override
    public long bytes() {
      return 1000;
    }

    @Override
    public void close() {
      openKeys.decrementAndGet();
    }
  }

  private static HostCiphertext copy(HostCiphertext a) {
    HostCiphertext copy = HostCiphertext.allocate(PARAMETERS, a.form());
    copy.words().put(a.words());
    return copy;
  }

  private final class Echo implements ServerRun {
    private final AgreedPlan plan;
    private int next;

    Echo(AgreedPlan plan) {
      this.plan = plan;
    }

    /** The engine fails in the last step, of which only the result can tell. */
    @Override
    public String engine() {
      return failedEngine().isEmpty() ? "echo" : "spare";
    }

    @Override
    public Optional<String> failedEngine() {
      return next > plan.rounds().size() ? Optional.of("echo") : Optional.empty();
    }

    @Override
    public List<HostCiphertext> step(List<HostCiphertext> received) {
      Semaphore waiting = gate;
      if (waiting != null) {
        waiting.acquireUninterruptibly();
      }
      steps.incrementAndGet();
      int count =
          next == plan.rounds().size()
              ? plan.result().size()
              : plan.rounds().get(next).down().size();
      next++;
      List<HostCiphertext> down = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        down.add(copy(received.get(i % received.size())));
      }
      received.forEach(HostCiphertext::close);
      return down;
    }

    @Override
    public void close() {
      openComputations.decrementAndGet();
    }
  }
}
