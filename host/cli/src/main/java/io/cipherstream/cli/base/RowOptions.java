package io.cipherstream.cli.base;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.workflow.data.BadRows;
import picocli.CommandLine.Option;

/** What to do with rows of a file that cannot be used. */
public final class RowOptions {

  @Option(
      names = "--skip-bad-rows",
      description =
          "Leave out rows of a file that cannot be used; count and name them. Without it the file"
              + " is refused, with a list of them.")
  private boolean skip;

  /** Collects the unusable rows of one call. */
  public BadRows badRows() {
    return skip ? BadRows.skipped() : BadRows.refused("leave such rows out with --skip-bad-rows");
  }

  /** The rows left out, for programs. */
  public static ObjectNode json(BadRows bad) {
    ObjectNode json = Json.object();
    json.put("count", bad.count());
    ObjectNode reasons = json.putObject("reasons");
    bad.reasons().forEach(reasons::put);
    json.set("listed", Json.strings(bad.listed()));
    return json;
  }

  /** Reports on standard error which rows were left out, if any. */
  public static void say(BadRows bad) {
    if (bad.skips() && bad.count() > 0) {
      System.err.println(
          "cipherstream: " + bad.count() + " rows left out " + bad.reasons() + ":" + bad.text());
    }
  }
}
