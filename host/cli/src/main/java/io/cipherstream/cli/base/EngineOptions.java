package io.cipherstream.cli.base;

import io.cipherstream.engine.EngineSpec;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which engine computes on ciphertexts. */
public final class EngineOptions {

  @Option(
      names = "--engine",
      paramLabel = "E",
      description =
          "Engine of the appliance that is started for the call: auto (default), seal, seal-limb,"
              + " java, opencl[:platform[/device]], sim[:configuration]. An appliance named by"
              + " --url keeps its own.")
  private @Nullable String engine;

  /**
   * The requested engine.
   *
   * @throws CliException for an unknown engine; the message lists the known ones
   */
  public Optional<EngineSpec> spec() {
    return engine == null ? Optional.empty() : Optional.of(parse(engine));
  }

  /**
   * The engine of that name, if it is of one of these kinds.
   *
   * @param expected the kinds as they are written
   * @throws CliException for any other engine
   */
  public static EngineSpec parse(String name, Set<EngineSpec.Kind> kinds, String expected) {
    EngineSpec spec = parse(name);
    if (!kinds.contains(spec.kind())) {
      throw new CliException(ExitCodes.USAGE, "engine '" + name + "': expected " + expected);
    }
    return spec;
  }

  public static EngineSpec parse(String name) {
    try {
      return EngineSpec.parse(name);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
