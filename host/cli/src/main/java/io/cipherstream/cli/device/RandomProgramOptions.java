package io.cipherstream.cli.device;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of random limb programs, whatever runs them. */
final class RandomProgramOptions {

  @Option(
      names = "--degree",
      paramLabel = "N",
      description = "Ring degree, a power of two from 1024 to 32768; default ${DEFAULT-VALUE}.")
  private int degree;

  @Option(
      names = "--instructions",
      paramLabel = "COUNT",
      description = "Instructions to run; default ${DEFAULT-VALUE}.")
  private int instructions;

  @Option(
      names = "--bits",
      paramLabel = "BITS",
      defaultValue = "50",
      description = "Length of the moduli, 20 to 60; default ${DEFAULT-VALUE}.")
  private int bits = 50;

  @Option(names = "--seed", paramLabel = "S", description = "Seed; without it, a new one.")
  private @Nullable Long seed;

  /**
   * @param degree unless the option says another
   * @param instructions likewise
   */
  RandomProgramOptions(int degree, int instructions) {
    this.degree = degree;
    this.instructions = instructions;
  }

  int degree() {
    return degree;
  }

  int instructions() {
    return instructions;
  }

  int bits() {
    return bits;
  }

  long seed() {
    return seed == null ? System.nanoTime() : seed;
  }

  /**
   * @throws CliException if the degree, the count or the length of the moduli is out of range
   */
  void check() {
    if (degree < 1024 || degree > 32768 || Integer.bitCount(degree) != 1) {
      throw new CliException(
          ExitCodes.USAGE, "--degree " + degree + ": expected a power of two, 1024 to 32768");
    }
    if (instructions < 1 || bits < 20 || bits > 60) {
      throw new CliException(
          ExitCodes.USAGE,
          "--instructions " + instructions + " --bits " + bits + ": expected ≥ 1 and 20 to 60");
    }
  }
}
