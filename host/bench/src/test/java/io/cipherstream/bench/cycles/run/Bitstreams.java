package io.cipherstream.bench.cycles.run;

import java.nio.file.Path;

/** The source tree around this module. */
final class Bitstreams {

  static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();

  static final Path FOLDER = ROOT.resolve("bitstreams");

  private Bitstreams() {}

  static CoreConfiguration simulated(String name) {
    return CoreConfiguration.read(
        FOLDER.resolve("sim").resolve(name).resolve("configuration.json"));
  }
}
