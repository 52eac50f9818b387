package io.cipherstream.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.ModelOptions;
import io.cipherstream.cli.base.Models;
import io.cipherstream.model.FitReport;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.model.ModelTask;
import io.cipherstream.model.Pooling;
import io.cipherstream.model.sealed.SealedManifest;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.network.NetworkPackage;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ModelPlans;
import io.cipherstream.transformer.PlanJson;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model inspect}: a model's shape and the costs of its plans. */
@Command(
    name = "inspect",
    description = "Show a model's shape, modes and plans: levels, scales, keys, rounds, bytes.")
final class ModelInspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(
      index = "0",
      paramLabel = "M",
      defaultValue = ModelOptions.SEALED_MODEL,
      description = "Model name; default: ${DEFAULT-VALUE}.")
  private String name = ModelOptions.SEALED_MODEL;

  @Option(names = "--mode", paramLabel = "MODE", description = "Show only this mode's plans.")
  private @Nullable String mode;

  @Option(
      names = "--rounds",
      description = "Show every round: operation, levels and scales both ways.")
  private boolean rounds;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (NetworkPackage.names(Models.folders()).contains(name)) {
      network(out, NetworkPackage.find(Models.folders(), name).description());
      return ExitCodes.OK;
    }
    ModelManifest manifest = Models.find(name).manifest();
    if (mode != null) {
      Models.checkMode(manifest, Optional.of(mode));
    }
    List<InferencePlan> plans =
        ModelPlans.all(manifest).values().stream()
            .flatMap(Collection::stream)
            .filter(plan -> mode == null || plan.mode().label().equals(mode))
            .toList();
    if (common.json()) {
      ObjectNode json = ModelJson.summary(manifest);
      json.setAll(PlanJson.of(plans));
      Json.print(out, json);
      return ExitCodes.OK;
    }
    describe(out, manifest);
    PlanTables.overview(out, plans);
    for (CkksParameters parameters :
        plans.stream().map(InferencePlan::parameters).distinct().toList()) {
      PlanTables.parameters(out, parameters);
    }
    PlanTables.rotationKeys(out, plans);
    PlanTables.operations(out, plans);
    if (rounds) {
      plans.forEach(plan -> PlanTables.rounds(out, plan));
    }
    return ExitCodes.OK;
  }

  private void network(PrintWriter out, NetworkDescription network) {
    if (common.json()) {
      Json.print(out, NetworkTexts.summary(network));
    } else {
      NetworkTexts.describe(out, network);
      PlanTables.parameters(out, network.plan().parameters());
    }
  }

  private static void describe(PrintWriter out, ModelManifest manifest) {
    ModelShape shape = manifest.shape();
    out.printf(
        "%s (%s, licence %s)%n", manifest.name(), manifest.source().format(), manifest.licence());
    out.printf(
        "  %d layers, width %d, %d heads, FFN %d, %d word pieces, at most %d tokens%n",
        shape.layers(),
        shape.width(),
        shape.heads(),
        shape.ffnWidth(),
        shape.vocabulary(),
        manifest.tokensMax());
    out.printf(
        "  activation %s, attention %s, norm %s, pooling %s%n",
        shape.activation().text(),
        shape.attention().text(),
        shape.norm().text(),
        shape.pooling().text());
    out.println("  output: " + output(shape));
    ModelTask task = manifest.task();
    if (task != null) {
      out.println(
          "  task: "
              + task.name()
              + ", asked with "
              + task.input().text()
              + (task.min() == null ? "" : ", least value " + task.min())
              + (task.max() == null ? "" : ", largest value " + task.max()));
    }
    out.printf(
        "  calibrated on %d texts, margin %s%n",
        manifest.ranges().sentences(), manifest.ranges().margin());
    if (manifest.sealed() != null) {
      sealed(out, SealedManifest.fromJson(manifest.sealed()));
    }
    manifest.notes().forEach(note -> out.println("  " + note));
    out.println();
  }

  private static void sealed(PrintWriter out, SealedManifest sealed) {
    out.printf("  sealed spec %s, %d levels%n", sealed.spec(), sealed.levels());
    List<FitReport> fits = sealed.fits() == null ? List.of() : sealed.fits();
    for (int i = 0; i < fits.size(); i++) {
      out.printf("  layer %d began as %s%n", i + 1, fits.get(i).text());
    }
  }

  private static String output(ModelShape shape) {
    return switch (shape.head()) {
      case EMBEDDING -> "embedding of unit length";
      case VECTOR -> "embedding, not normalised";
      case VALUE -> "one value";
      case LABELS -> "any number of labels " + shape.labels();
      case CLASSES ->
          (shape.pooling() == Pooling.NONE ? "for each word one of labels " : "labels ")
              + shape.labels();
    };
  }
}
