package io.cipherstream.bench.work;

import io.cipherstream.bench.report.BenchException;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.limb.LimbArithmetic;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens engines by the names that {@link BenchEngines} gives them. Those of one parameter set stay
 * open for the next case, since a device takes seconds to open.
 */
final class OpenEngines {

  /** More than any case needs; the machine's memory is the limit. */
  private static final long MEMORY_BYTES_MAX = 1L << 40;

  /** Keys of the largest case. */
  private static final long RESIDENT_BYTES_MAX = 2L << 30;

  private static final Map<String, LimbEngine> OPEN = new HashMap<>();

  private static @Nullable CkksParameters openFor;

  private OpenEngines() {}

  /** The engine of that name, which stays this class's. */
  static synchronized LimbEngine limbEngine(String id, CkksParameters parameters) {
    if (openFor == null || !parameters.equals(openFor)) {
      OPEN.values().forEach(LimbEngine::close);
      OPEN.clear();
      openFor = parameters;
    }
    return OPEN.computeIfAbsent(id, missing -> open(missing, parameters));
  }

  private static LimbEngine open(String id, CkksParameters parameters) {
    if (id.startsWith(BenchEngines.OPENCL + ":")) {
      return OpenClEngine.open(
          id, parameters.ring(), OpenClOptions.DEFAULTS.withCacheDirectory(CaseFacts.folder()));
    }
    return switch (id) {
      case BenchEngines.PLAIN_SEAL, BenchEngines.SEAL_HEXL, BenchEngines.SEAL_LIMB_PORTABLE ->
          SealEngine.withPortableKernels(parameters.ring());
      case BenchEngines.SEAL_LIMB -> new SealEngine(parameters.ring());
      case BenchEngines.JAVA -> new JavaEngine(parameters.ring(), MEMORY_BYTES_MAX);
      default -> throw unknown(id);
    };
  }

  static Subject subject(String id, CkksParameters parameters) {
    return switch (id) {
      case BenchEngines.PLAIN_SEAL, BenchEngines.SEAL_HEXL ->
          seal(new SealArithmetic(parameters), true);
      case BenchEngines.SEAL -> seal(new SealArithmetic(parameters), false);
      default -> limbs(limbEngine(id, parameters), parameters);
    };
  }

  /** Limb programs on an engine; key sets are SEAL's, whose words the evaluator reads. */
  private static Subject limbs(LimbEngine engine, CkksParameters parameters) {
    CkksEvaluator evaluator =
        new CkksEvaluator(new LimbArithmetic(parameters, engine, RESIDENT_BYTES_MAX));
    SealArithmetic keys = new SealArithmetic(parameters);
    return new Subject(
        evaluator,
        keys::newKeys,
        engine.capabilities().asynchronous(),
        false,
        () -> {
          evaluator.close();
          keys.close();
        });
  }

  private static Subject seal(SealArithmetic seal, boolean sealOnly) {
    CkksEvaluator evaluator = new CkksEvaluator(seal);
    return new Subject(evaluator, seal::newKeys, false, sealOnly, evaluator::close);
  }

  /** Whether an engine is to stand for what SEAL offers, and nothing of ours. */
  static boolean sealOnly(String id) {
    return id.equals(BenchEngines.PLAIN_SEAL) || id.equals(BenchEngines.SEAL_HEXL);
  }

  private static BenchException unknown(String id) {
    return new BenchException(BenchException.Kind.ENGINE, "engine '" + id + "' cannot be opened");
  }
}
