package io.cipherstream.cli.model;

import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Models;
import io.cipherstream.model.ModelPackage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model plan}: updates the plans in a manifest to those of this program. */
@Command(
    name = "plan",
    description =
        "Recompute a model's plans and store them in its manifest. Importing does this too; repeat"
            + " it when a new version of the program makes different plans.")
final class ModelPlanCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(index = "0", paramLabel = "M", description = "Model name.")
  private String name = "";

  @Override
  public Integer call() {
    ModelPackage model = Models.find(name);
    PackagePlans.write(model);
    if (common.json()) {
      Json.print(spec.commandLine().getOut(), ModelJson.summary(model.manifest()));
    } else {
      spec.commandLine().getOut().println("planned " + name + " in " + model.folder());
    }
    return ExitCodes.OK;
  }
}
