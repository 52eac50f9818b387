package io.cipherstream.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitstream list}. */
@Command(
    name = "list",
    description =
        "List the configurations: what is committed, what is built here, and whether its hardware"
            + " equals the last elaboration here.")
final class BitstreamListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Table table =
        new Table("name", "board", "word bits", "P", "N up to", "MHz", "committed", "built");
    for (BitstreamConfiguration c :
        BitstreamConfiguration.all(BitstreamConfiguration.sourceTree())) {
      JsonNode configuration = BitstreamConfiguration.json(c.file());
      if (configuration == null) {
        throw new CliException(ExitCodes.FAILURE, c.file() + " is gone");
      }
      JsonNode core = configuration.path("core");
      String committed = state(c, BitstreamConfiguration.json(c.folder().resolve("manifest.json")));
      String built = state(c, BitstreamConfiguration.json(c.images().resolve("manifest.json")));
      if (common.json()) {
        ObjectNode json = Json.object();
        json.put("name", c.name());
        json.put("board", c.board());
        json.set("core", core);
        json.put("clockMHz", configuration.path("clockMHz").asDouble());
        json.put("committed", committed);
        json.put("built", built);
        Json.print(out, json);
      } else {
        table.row(
            c.name(),
            c.board(),
            core.path("wordBits").asInt(),
            core.path("lanes").asInt(),
            1L << core.path("degreeBitsMax").asInt(),
            configuration.path("clockMHz").asDouble(),
            committed,
            built);
      }
    }
    if (!common.json()) {
      table.print(out);
    }
    return ExitCodes.OK;
  }

  /**
   * How a manifest's digest compares with the last elaboration here: no, stale, current, or not
   * compared.
   */
  static String state(BitstreamConfiguration c, @Nullable JsonNode manifest) {
    if (manifest == null) {
      return "no";
    }
    JsonNode elaboration = BitstreamConfiguration.json(c.elaboration());
    if (elaboration == null) {
      return "not compared";
    }
    return elaboration.path("rtlDigest").equals(manifest.path("rtlDigest")) ? "current" : "stale";
  }
}
