package io.cipherstream.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code doctor}: checks everything that the program depends on. */
@Command(
    name = "doctor",
    description = {
      "Check Java, the native libraries, memory, processor, folders, models and a running"
          + " appliance. Warnings do not fail; a fault exits with 5."
    })
final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Checkup.Finding> findings = Checkup.all();
    boolean fault = findings.stream().anyMatch(f -> f.verdict() == Checkup.Verdict.FAULT);
    if (common.json()) {
      ObjectNode json = Json.object();
      json.put("ok", !fault);
      ArrayNode list = json.putArray("checks");
      for (Checkup.Finding finding : findings) {
        ObjectNode node = list.addObject();
        node.put("check", finding.check());
        node.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
        node.put("detail", finding.detail());
      }
      Json.print(out, json);
    } else {
      for (Checkup.Finding finding : findings) {
        out.printf("%-8s %-20s %s%n", finding.verdict().word(), finding.check(), finding.detail());
      }
    }
    return fault ? ExitCodes.CHECK_FAILED : ExitCodes.OK;
  }
}
