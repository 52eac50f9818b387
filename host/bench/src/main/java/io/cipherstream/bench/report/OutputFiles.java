package io.cipherstream.bench.report;

import io.cipherstream.bench.report.BenchException.Kind;
import io.cipherstream.files.FileReplacer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder a run writes to. */
public final class OutputFiles {

  private OutputFiles() {}

  /**
   * Makes the folder if need be and tries to write to it, so that a run does not fail at its end.
   *
   * @throws BenchException of kind OUTPUT if that is impossible
   */
  public static Path folder(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "write", ".tmp"));
      return folder;
    } catch (IOException e) {
      throw new BenchException(
          Kind.OUTPUT,
          "cannot write to " + folder + " (" + e + "): choose another folder with --out",
          e);
    }
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @throws BenchException of kind OUTPUT if it cannot be written
   */
  public static void replace(Path file, byte[] content) {
    try {
      FileReplacer.PLAIN.replace(file, content);
    } catch (IOException e) {
      throw new BenchException(Kind.OUTPUT, "cannot write " + file + " (" + e + ")", e);
    }
  }
}
