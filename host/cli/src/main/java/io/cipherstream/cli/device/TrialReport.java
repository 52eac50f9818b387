package io.cipherstream.cli.device;

import io.cipherstream.bench.trial.JunitReport;
import io.cipherstream.bench.trial.TrialException;
import io.cipherstream.bench.trial.TrialResult;
import io.cipherstream.bench.trial.TrialResult.Outcome;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.engine.EngineSpec;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What trials leave for continuous integration: a report if one is asked for, and the exit code.
 */
final class TrialReport {

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description =
          "Writes the result of each trial there as XML that continuous integration servers read.")
  private @Nullable Path junit;

  boolean asked() {
    return junit != null;
  }

  /**
   * Writes the report.
   *
   * @return the exit code
   * @throws CliException if the file cannot be written
   */
  int of(EngineSpec engine, List<TrialResult> results) {
    if (junit != null) {
      try {
        JunitReport.write(junit, engine.toString(), results);
      } catch (TrialException e) {
        throw new CliException(ExitCodes.FAILURE, String.valueOf(e.getMessage()), e);
      }
    }
    Set<Outcome> seen = EnumSet.noneOf(Outcome.class);
    results.forEach(result -> seen.add(result.outcome()));
    if (seen.contains(Outcome.DIFFERS)) {
      return ExitCodes.CHECK_FAILED;
    }
    if (seen.contains(Outcome.FAILED)) {
      return ExitCodes.FAILURE;
    }
    return seen.contains(Outcome.BAD_INPUT) ? ExitCodes.BAD_INPUT : ExitCodes.OK;
  }
}
