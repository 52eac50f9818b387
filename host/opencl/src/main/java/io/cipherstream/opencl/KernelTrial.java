package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import io.cipherstream.ring.RandomPrograms;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries kernels on a device: whether they compute the interpreter's words, and how fast they are.
 * First it tries every arithmetic in the layout that is usual for the device, then every layout
 * with the fastest arithmetic; all others only if none of the first works.
 */
final class KernelTrial {

  private static final Logger LOG = LoggerFactory.getLogger(KernelTrial.class);

  private static final int CPU_LIMBS = 16;
  private static final int GPU_LIMBS = 256;
  private static final int RUNS = 3;
  private static final int CHECKED_INSTRUCTIONS = 40;
  private static final long SEED = 20261122;
  private static final long JAVA_BYTES_MAX = 1L << 32;

  private final OpenClDevice device;
  private final LimbRing ring;
  private final Supplier<ClCalls> calls;
  private final int limbs;
  private final Map<KernelVariant, Double> nanos = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  KernelTrial(OpenClDevice device, LimbRing ring) {
    this(device, ring, ClCalls::new);
  }

  /**
   * @param calls the calls of a tried engine
   */
  KernelTrial(OpenClDevice device, LimbRing ring, Supplier<ClCalls> calls) {
    this.device = device;
    this.ring = ring;
    this.calls = calls;
    long most = Math.min(device.allocationBytesMax(), device.memoryBytes() / 2);
    int fitting = device.type() == OpenClDevice.Type.GPU ? GPU_LIMBS : CPU_LIMBS;
    while (fitting > 1 && poolBytes(ring, fitting) > most) {
      fitting /= 2;
    }
    this.limbs = fitting;
  }

  private static long poolBytes(LimbRing ring, int limbs) {
    return 8L * ring.degree() * Long.BYTES * limbs + (32 << 20);
  }

  /**
   * The fastest variant that computes the right words.
   *
   * @param possible not empty, likely ones first
   * @throws EngineException of kind BUILD if none builds and computes the right words
   */
  KernelVariant fastest(List<KernelVariant> possible) {
    KernelVariant.Layout usual =
        device.type() == OpenClDevice.Type.CPU
                && possible.stream().anyMatch(v -> v.layout() == KernelVariant.Layout.LIMB)
            ? KernelVariant.Layout.LIMB
            : KernelVariant.Layout.GROUP;
    List<KernelVariant> first = new ArrayList<>();
    for (KernelVariant.Arithmetic arithmetic : KernelVariant.Arithmetic.values()) {
      possible.stream()
          .filter(v -> v.arithmetic() == arithmetic && v.layout() == usual)
          .findFirst()
          .ifPresent(first::add);
    }
    KernelVariant usualBest = best(first);
    KernelVariant best =
        usualBest == null
            ? best(possible)
            : best(
                possible.stream().filter(v -> v.arithmetic() == usualBest.arithmetic()).toList());
    if (best == null) {
      throw new EngineException(
          EngineException.Kind.BUILD,
          "no kernels work on " + device + ":\n" + String.join("\n", failures));
    }
    return best;
  }

  /** The fastest of these, null if none works. */
  private @Nullable KernelVariant best(List<KernelVariant> variants) {
    KernelVariant best = null;
    double bestTime = Double.MAX_VALUE;
    for (KernelVariant variant : variants) {
      double time = nanos.computeIfAbsent(variant, this::time);
      if (time < bestTime) {
        best = variant;
        bestTime = time;
      }
    }
    return best;
  }

  private double time(KernelVariant variant) {
    OpenClOptions options = OpenClOptions.DEFAULTS.withMemoryBytesMax(poolBytes(ring, limbs));
    try (OpenClEngine engine = new OpenClEngine(device, ring, options, variant, calls.get())) {
      check(engine);
      double sum = 0;
      for (OpenClMeasurements.Kind kind :
          List.of(
              OpenClMeasurements.Kind.NTT,
              OpenClMeasurements.Kind.INTT,
              OpenClMeasurements.Kind.PRODUCTS)) {
        sum += 1e9 / OpenClMeasurements.measure(engine, kind, limbs, RUNS).perSecondBest();
      }
      LOG.debug("{}: kernels {}: {} ns", device, variant, sum);
      return sum;
    } catch (EngineException e) {
      LOG.warn("{}: kernels {} are not used: {}", device, variant, e.getMessage());
      failures.add(variant + ": " + e.getMessage());
      return Double.MAX_VALUE;
    }
  }

  /**
   * @throws EngineException of kind MISMATCH if the engine's words are not the interpreter's
   */
  private void check(OpenClEngine engine) {
    RandomPrograms programs = new RandomPrograms(SEED, ring);
    LimbProgram program = programs.next(CHECKED_INSTRUCTIONS);
    List<long[]> data = programs.data(program);
    List<long[]> expected;
    try (LimbEngine java = new JavaEngine(ring, JAVA_BYTES_MAX)) {
      expected = run(java, program, data);
    }
    List<long[]> got = run(engine, program, data);
    for (int i = 0; i < got.size(); i++) {
      int word = Arrays.mismatch(expected.get(i), got.get(i));
      if (word >= 0) {
        throw new EngineException(
            EngineException.Kind.MISMATCH,
            "kernels "
                + engine.kernels()
                + " on "
                + device
                + ": word "
                + word
                + " of argument "
                + i
                + " is "
                + got.get(i)[word]
                + ", the interpreter's "
                + expected.get(i)[word]);
      }
    }
  }

  private static List<long[]> run(LimbEngine engine, LimbProgram program, List<long[]> data) {
    List<LimbView> views = new ArrayList<>();
    List<long[]> results = new ArrayList<>();
    try {
      for (long[] words : data) {
        LimbBuffer buffer = engine.allocate(words.length);
        views.add(LimbView.of(buffer));
        ByteBuffer bytes = direct(words.length);
        bytes.asLongBuffer().put(words);
        engine.upload(bytes, buffer, 0);
      }
      engine.submit(program, views).await();
      for (LimbView view : views) {
        ByteBuffer bytes = direct(view.words());
        engine.download(view.buffer(), 0, bytes);
        long[] words = new long[Math.toIntExact(view.words())];
        bytes.asLongBuffer().get(words);
        results.add(words);
      }
    } finally {
      views.forEach(v -> v.buffer().close());
    }
    return results;
  }

  private static ByteBuffer direct(long words) {
    return ByteBuffer.allocateDirect(Math.toIntExact(words * Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
