package io.cipherstream.bench.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a case's process knows beside the times. It goes through a file, since JMH brings only times
 * out of its forks.
 *
 * @param perCall operations, or limbs, of one call
 * @param wordsDigest SHA-256 of the words of one call; null if there are none to compare
 */
public record CaseFacts(int perCall, @Nullable String wordsDigest) {

  /** System property: the folder for these files. */
  public static final String FOLDER = "cipherstream.bench.facts";

  void write(int index) {
    try {
      Files.write(
          file(index), List.of(Integer.toString(perCall), wordsDigest == null ? "" : wordsDigest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CaseFacts read(int index) {
    try {
      List<String> lines = Files.readAllLines(file(index));
      return new CaseFacts(
          Integer.parseInt(lines.get(0)), lines.get(1).isEmpty() ? null : lines.get(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(int index) {
    return folder().resolve("case-" + index + ".txt");
  }

  /** The folder that the run's processes share. */
  static Path folder() {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      throw new IllegalStateException("the system property " + FOLDER + " is not set");
    }
    return Path.of(folder);
  }
}
