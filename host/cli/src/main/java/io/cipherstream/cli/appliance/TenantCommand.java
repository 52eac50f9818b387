package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code tenant}: the launcher script runs the appliance's own program, which knows the file of
 * tenants; this class holds the place of the command.
 */
@Command(
    name = "tenant",
    description = "Tenants of an appliance, their API keys and limits (tenant --help).")
public final class TenantCommand implements Callable<Integer> {

  @Unmatched private List<String> unusedArguments = new ArrayList<>();

  @Override
  public Integer call() {
    throw new CliException(
        ExitCodes.USAGE, "tenants are changed by the script: ./cipherstream tenant");
  }
}
