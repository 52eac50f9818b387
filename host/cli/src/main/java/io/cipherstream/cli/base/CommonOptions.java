package io.cipherstream.cli.base;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of every command. */
@Command(mixinStandardHelpOptions = true)
public final class CommonOptions {

  @Option(names = "--json", description = "Print JSON for programs, one object per line.")
  private boolean json;

  public boolean json() {
    return json;
  }
}
