package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.EngineOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.engine.EngineSettings;
import io.cipherstream.engine.EngineSpec;
import io.cipherstream.engine.Engines;
import io.cipherstream.ring.EngineConformance;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.RandomPrograms;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code opencl check}: random limb programs on an engine and on the interpreter. */
@Command(
    name = "check",
    description =
        "Run random limb programs on an engine and on the Java interpreter and compare every word.")
final class OpenClCheckCommand implements Callable<Integer> {

  private static final Set<EngineSpec.Kind> CHECKED =
      EnumSet.of(EngineSpec.Kind.OPENCL, EngineSpec.Kind.SIM, EngineSpec.Kind.SEAL_LIMB);

  private static final int MODULI = 4;
  private static final long MEMORY_BYTES_MAX = 4L << 30;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private RandomProgramOptions programs = new RandomProgramOptions(8192, 1000);

  @Option(
      names = "--engine",
      paramLabel = "E",
      defaultValue = "opencl",
      description = "opencl[:platform[/device]] (default), sim[:configuration] or seal-limb.")
  private String engine = "opencl";

  @Option(
      names = "--image",
      paramLabel = "DIR",
      description = "Folder with the device image of a card and its manifest, for opencl:platform.")
  private @Nullable Path image;

  @Override
  public Integer call() {
    EngineSpec chosen =
        EngineOptions.parse(
            engine, CHECKED, "opencl[:platform[/device]], sim[:configuration] or seal-limb");
    programs.check();
    if (image != null && chosen.kind() != EngineSpec.Kind.OPENCL) {
      throw new CliException(
          ExitCodes.USAGE, "--image goes with --engine opencl:platform[/device], not " + chosen);
    }
    EngineSettings settings = EngineSettings.of(chosen).forCards(Optional.ofNullable(image), 0);
    long from = programs.seed();
    LimbRing ring = RandomPrograms.ring(from, programs.degree(), MODULI, programs.bits());
    try (LimbEngine candidate = Engines.limb(chosen, ring, settings);
        LimbEngine oracle = new JavaEngine(ring, MEMORY_BYTES_MAX)) {
      EngineConformance.Report report =
          EngineConformance.run(candidate, oracle, from, programs.instructions());
      PrintWriter out = spec.commandLine().getOut();
      if (common.json()) {
        ObjectNode json = Json.object();
        json.put("engine", candidate.name());
        json.put("device", candidate.capabilities().device());
        json.put("degree", programs.degree());
        json.put("seed", from);
        json.put("report", report.toString());
        Json.print(out, json);
      } else {
        out.println(candidate.name() + " (" + candidate.capabilities().device() + ")");
        out.println(report);
      }
    }
    return ExitCodes.OK;
  }
}
