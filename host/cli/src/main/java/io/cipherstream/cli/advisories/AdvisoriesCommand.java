package io.cipherstream.cli.advisories;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.CommonOptions;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code advisories}: whether what the program consists of is named in known advisories. */
@Command(
    name = "advisories",
    description = {
      "Compare the libraries of a bill of materials with security advisories, without a network.",
      "The advisories are files in the OSV format, as osv.dev publishes them for Maven:"
          + " https://osv-vulnerabilities.storage.googleapis.com/Maven/all.zip. Only libraries of"
          + " Maven are compared; the others are named."
    },
    footer = {
      "%nExit code 5 if an advisory concerns a library.",
      "%nExample:",
      "  cipherstream advisories --database all.zip --bom bom.json"
    })
public final class AdvisoriesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Option(
      names = "--database",
      paramLabel = "PATH",
      required = true,
      description = "Folder or zip archive of advisories.")
  private Path database = Path.of("");

  @Option(
      names = "--bom",
      paramLabel = "FILE",
      description = "Bill of materials, CycloneDX as JSON; default: this program's own.")
  private @Nullable Path bill;

  @Override
  public Integer call() {
    Path compared = bill == null ? own() : bill;
    BillLibraries libraries = BillLibraries.read(compared);
    List<OsvAdvisory.Finding> findings = new ArrayList<>();
    long advisories =
        AdvisoryDatabase.read(
            database, advisory -> findings.addAll(advisory.among(libraries.maven())));
    findings.sort(
        Comparator.comparing(OsvAdvisory.Finding::library)
            .thenComparing(OsvAdvisory.Finding::advisory));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      findings.forEach(finding -> Json.print(out, Json.MAPPER.valueToTree(finding)));
    } else {
      findings.forEach(finding -> print(out, finding));
    }
    spec.commandLine()
        .getErr()
        .println(
            libraries.maven().size()
                + " libraries of "
                + compared
                + " compared with "
                + advisories
                + " advisories: "
                + findings.size()
                + " concern them; not compared: "
                + libraries.others());
    return findings.isEmpty() ? ExitCodes.OK : ExitCodes.CHECK_FAILED;
  }

  private static Path own() {
    Path root = Path.of(System.getProperty("cipherstream.root", "."));
    return Stream.of(root.resolve("bom.json"), root.resolve("host/cli/target/bom.json"))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    ExitCodes.BAD_INPUT,
                    "no bill of materials in " + root + ": name one by --bom"));
  }

  private static void print(PrintWriter out, OsvAdvisory.Finding finding) {
    out.printf(
        "%s %s: %s %s%s%n",
        finding.library(),
        finding.version(),
        finding.advisory(),
        finding.summary(),
        finding.fixed().isEmpty() ? "; no fixed version" : "; fixed in " + finding.fixed());
  }
}
