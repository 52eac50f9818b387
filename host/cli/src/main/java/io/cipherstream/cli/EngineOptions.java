package io.cipherstream.cli;

import picocli.CommandLine.Option;

/** Which engine computes on ciphertexts. */
final class EngineOptions {

  @Option(
      names = "--engine",
      paramLabel = "E",
      description = "Engine that computes on the ciphertexts: seal (default).",
      defaultValue = "seal")
  private String engine = "seal";

  /**
   * @throws CliException for an unknown engine; the message lists the known ones
   */
  void check() {
    if (!engine.equals("seal")) {
      throw new CliException(ExitCodes.USAGE, "engine '" + engine + "': expected one of [seal]");
    }
  }
}
