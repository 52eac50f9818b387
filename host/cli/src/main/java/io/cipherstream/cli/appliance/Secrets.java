package io.cipherstream.cli.appliance;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One-line secrets in files, so that they appear neither in the process list nor in a shell
 * history.
 */
public final class Secrets {

  private Secrets() {}

  /** The only line of a file, without white space around it. */
  public static String line(Path file) {
    try {
      String text = Files.readString(file).strip();
      if (text.isEmpty() || text.lines().count() != 1) {
        throw CliException.badInput(file + ": expected one line with the key");
      }
      return text;
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT, file + " could not be read: " + e.getMessage(), e);
    }
  }
}
