package io.cipherstream.engine;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.opencl.CardOptions;
import io.cipherstream.opencl.OpenClDevice;
import io.cipherstream.opencl.OpenClEngine;
import io.cipherstream.opencl.OpenClOptions;
import io.cipherstream.opencl.OpenClPlatforms;
import io.cipherstream.ring.CrossCheckedEngine;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.seal.Kernels;
import io.cipherstream.seal.SealArithmetic;
import io.cipherstream.seal.SealEngine;
import java.security.SecureRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens engines. */
public final class Engines {

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);

  private Engines() {}

  /**
   * What {@code auto} means here: an OpenCL GPU if there is one that runs the kernels, else limb
   * programs on SEAL's routines. Any other engine is taken as it is.
   */
  public static EngineChoice choose(EngineSpec spec) {
    if (spec.kind() != EngineSpec.Kind.AUTO) {
      return new EngineChoice(spec, "it was asked for");
    }
    EngineSpec sealLimb = new EngineSpec(EngineSpec.Kind.SEAL_LIMB, "");
    try {
      for (OpenClDevice device : OpenClPlatforms.list()) {
        if (device.type() == OpenClDevice.Type.GPU && device.usable()) {
          return new EngineChoice(
              EngineSpec.parse(device.selector()),
              "the GPU " + device.name() + " runs its kernels");
        }
      }
      return new EngineChoice(sealLimb, "no OpenCL GPU runs the kernels here");
    } catch (EngineException e) {
      return new EngineChoice(sealLimb, "OpenCL is not to be had: " + e.getMessage());
    }
  }

  /**
   * Opens what computes for a parameter set.
   *
   * <p>An automatically chosen engine that cannot be opened is replaced by the next best, at last
   * by SEAL's evaluator, with the reason in the log.
   *
   * @throws EngineException if an engine that was asked for cannot be opened
   */
  public static ComputeEngine open(
      CkksParameters parameters, EngineSettings settings, EngineEvents events) {
    EngineChoice choice = choose(settings.spec());
    SealArithmetic seal = new SealArithmetic(parameters);
    try {
      while (true) {
        try {
          return open(parameters, choice, seal, settings, events);
        } catch (EngineException e) {
          if (settings.spec().kind() != EngineSpec.Kind.AUTO) {
            throw e;
          }
          choice = instead(choice, e);
          LOG.warn("{}: {}", parameters, choice.reason());
        }
      }
    } catch (RuntimeException | Error e) {
      seal.close();
      throw e;
    }
  }

  /** What an automatic choice falls back to; SEAL's evaluator itself can always be opened. */
  static EngineChoice instead(EngineChoice failed, EngineException cause) {
    EngineSpec.Kind next =
        failed.spec().kind() == EngineSpec.Kind.OPENCL
            ? EngineSpec.Kind.SEAL_LIMB
            : EngineSpec.Kind.SEAL;
    return new EngineChoice(
        new EngineSpec(next, ""), failed.spec() + " could not be opened: " + cause.getMessage());
  }

  private static ComputeEngine open(
      CkksParameters parameters,
      EngineChoice choice,
      SealArithmetic seal,
      EngineSettings settings,
      EngineEvents events) {
    EngineSpec spec = choice.spec();
    @Nullable Supplier<LimbEngine> opener =
        spec.kind() == EngineSpec.Kind.SEAL
            ? null
            : () -> checked(limb(spec, parameters.ring(), settings), settings, events);
    ComputeEngine engine =
        new ComputeEngine(
            parameters,
            choice,
            seal,
            opener,
            settings.residentBytesMax(),
            events,
            System::nanoTime);
    LOG.info("{}: engine {}, because {}", parameters, engine.name(), choice.reason());
    return engine;
  }

  /**
   * An engine for limb programs over any ring.
   *
   * @throws EngineException if it cannot be opened
   * @throws IllegalArgumentException for {@code auto} and {@code seal}, which are none
   */
  public static LimbEngine limb(EngineSpec spec, LimbRing ring, EngineSettings settings) {
    long memory = settings.memoryBytesMax() == 0 ? Long.MAX_VALUE : settings.memoryBytesMax();
    return switch (spec.kind()) {
      case JAVA -> new JavaEngine(ring, memory);
      case SEAL_LIMB ->
          new SealEngine(
              ring,
              memory,
              settings.workers().orElse(null),
              settings.width(),
              spec.device().isEmpty() ? Kernels.best() : Kernels.parse(spec.device()));
      case OPENCL -> openCl(spec.toString(), ring, settings, settings.card());
      case SIM ->
          openCl(
              DeviceImages.SIMULATION,
              ring,
              settings,
              settings.card().withImage(DeviceImages.simulation(spec.device())));
      case AUTO, SEAL ->
          throw new IllegalArgumentException(spec + " is no engine for limb programs");
    };
  }

  private static LimbEngine openCl(
      String selection, LimbRing ring, EngineSettings settings, CardOptions card) {
    OpenClOptions defaults = OpenClOptions.DEFAULTS;
    OpenClOptions options =
        new OpenClOptions(
            settings.memoryBytesMax(),
            settings.cache().orElse(null),
            defaults.kernels(),
            defaults.lanes(),
            defaults.submissionsMax(),
            defaults.patience(),
            card);
    return OpenClEngine.open(selection, ring, options);
  }

  private static LimbEngine checked(
      LimbEngine engine, EngineSettings settings, EngineEvents events) {
    if (settings.crossCheckRate() == 0) {
      return engine;
    }
    LimbEngine reference;
    try {
      reference = SealEngine.withPortableKernels(engine.ring());
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
    CrossCheckedEngine.Listener listener =
        new CrossCheckedEngine.Listener() {
          @Override
          public void checked(LimbProgram program) {
            events.crossChecked(engine.name(), true);
          }

          @Override
          public void mismatch(LimbProgram program, EngineException difference) {
            events.crossChecked(engine.name(), false);
          }
        };
    return new CrossCheckedEngine(
        engine, reference, settings.crossCheckRate(), new SecureRandom().nextLong(), listener);
  }
}
