package io.cipherstream.cli.model;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.cli.base.Table;
import io.cipherstream.model.ModelException;
import io.cipherstream.model.ModelManifest;
import io.cipherstream.model.ModelShape;
import io.cipherstream.network.NetworkDescription;
import io.cipherstream.network.NetworkPackage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code model list}. */
@Command(name = "list", description = "List the models on this machine.")
final class ModelListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<ModelManifest> manifests =
        new ArrayList<>(
            Models.repository()
                .list((name, e) -> err.println("model " + name + ": " + e.getMessage()))
                .values());
    List<NetworkDescription> networks = new ArrayList<>();
    for (String name : NetworkPackage.names(Models.folders())) {
      try {
        networks.add(NetworkPackage.find(Models.folders(), name).description());
      } catch (ModelException e) {
        err.println("network " + name + ": " + e.getMessage());
      }
    }
    if (common.json()) {
      manifests.forEach(manifest -> Json.print(out, ModelJson.summary(manifest)));
      networks.forEach(network -> Json.print(out, NetworkTexts.summary(network)));
      return ExitCodes.OK;
    }
    Table table =
        new Table("name", "layers", "width", "heads", "ffn", "tokens", "output", "task", "modes");
    for (ModelManifest manifest : manifests) {
      ModelShape shape = manifest.shape();
      table.row(
          manifest.name(),
          shape.layers(),
          shape.width(),
          shape.heads(),
          shape.ffnWidth(),
          manifest.tokensMax(),
          ModelJson.output(manifest),
          manifest.task() == null ? "" : manifest.task().name(),
          manifest.modes().isEmpty() ? "none" : String.join(", ", manifest.modes()));
    }
    table.print(out);
    if (!networks.isEmpty()) {
      Table numbers = new Table("network", "kind", "widths", "degrees", "levels", "output");
      networks.forEach(network -> numbers.row(NetworkTexts.row(network)));
      numbers.print(out);
    }
    out.println("folders: " + Models.folders());
    return ExitCodes.OK;
  }
}
