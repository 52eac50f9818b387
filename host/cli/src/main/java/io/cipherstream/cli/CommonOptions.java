package io.cipherstream.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of every command. */
@Command(mixinStandardHelpOptions = true)
final class CommonOptions {

  @Option(names = "--json", description = "Print JSON, one object a line, for programs.")
  private boolean json;

  boolean json() {
    return json;
  }
}
