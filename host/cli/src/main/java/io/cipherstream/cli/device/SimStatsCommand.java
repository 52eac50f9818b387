package io.cipherstream.cli.device;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.cli.base.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sim stats}: sums over a statistics file. */
@Command(
    name = "stats",
    description =
        "Add up a statistics file, one JSON line per kernel run. The simulation writes it to the file"
            + " that CIPHERSTREAM_SIM_STATS names.")
final class SimStatsCommand implements Callable<Integer> {

  private static final int LINE_MAX = 1 << 20;

  /** Numbers that are names or otherwise no amounts. */
  private static final Set<String> NO_AMOUNTS =
      Set.of("run", "card", "unit", "status", "failedInstruction", "clockMHz");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "FILE", description = "Statistics file.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    Map<String, BigDecimal> sums = new TreeMap<>();
    long runs = 0;
    ObjectMapper mapper = new ObjectMapper();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        runs++;
        if (line.length() > LINE_MAX) {
          throw CliException.badInput(file + " line " + runs + ": longer than " + LINE_MAX);
        }
        JsonNode node = mapper.readTree(line);
        if (!node.isObject()) {
          throw CliException.badInput(file + " line " + runs + ": expected a JSON object");
        }
        add(sums, "", node);
      }
    } catch (JsonProcessingException e) {
      throw CliException.badInput(file + " line " + runs + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw CliException.badInput("the statistics file cannot be read: " + e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("runs", runs);
      sums.forEach(json::put);
      Json.print(out, json);
      return ExitCodes.OK;
    }
    Table table = new Table("sum", "over " + runs + " runs");
    sums.forEach((name, sum) -> table.row(name, sum.stripTrailingZeros().toPlainString()));
    table.print(out);
    return ExitCodes.OK;
  }

  /** Adds every number of an object under its dotted name. */
  private static void add(Map<String, BigDecimal> sums, String prefix, JsonNode node) {
    node.properties()
        .forEach(
            member -> {
              String name = prefix + member.getKey();
              if (member.getValue().isObject()) {
                add(sums, name + ".", member.getValue());
              } else if (member.getValue().isNumber() && !NO_AMOUNTS.contains(name)) {
                sums.merge(name, member.getValue().decimalValue(), BigDecimal::add);
              }
            });
  }
}
