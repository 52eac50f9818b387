package io.cipherstream.cli.convert;

import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.workflow.report.DataFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The two files that a conversion reads. */
record ConvertData(Path training, Path dev) {

  private static final List<String> TRAINING_NAMES =
      List.of("train.tsv", "train.csv", "train.txt", "train.conll");
  private static final List<String> DEV_NAMES =
      List.of(
          "dev.tsv",
          "dev.csv",
          "dev.txt",
          "dev.conll",
          "valid.txt",
          "validation.tsv",
          "validation.csv");
  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * The named files, or else those of a folder.
   *
   * @throws CliException of kind USAGE if nothing names them, BAD_INPUT if one does not exist
   */
  static ConvertData of(@Nullable Path folder, @Nullable Path training, @Nullable Path dev) {
    return new ConvertData(
        find("--train", folder, training, TRAINING_NAMES), find("--dev", folder, dev, DEV_NAMES));
  }

  private static Path find(
      String option, @Nullable Path folder, @Nullable Path named, List<String> names) {
    if (named != null) {
      if (!Files.isRegularFile(named)) {
        throw CliException.badInput(option + ": no file " + named);
      }
      return named;
    }
    if (folder == null) {
      throw new CliException(
          ExitCodes.USAGE,
          "expected --data FOLDER, with " + names.get(0) + ", or " + option + " FILE");
    }
    return names.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                CliException.badInput(
                    "no file in "
                        + folder
                        + " has one of the names "
                        + names
                        + ": name it with "
                        + option));
  }

  /**
   * The description of a file in a report.
   *
   * @throws CliException if it cannot be read
   */
  static DataFile file(DataFile.Role role, Path file, long rows) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
      return new DataFile(role, file.toString(), rows, HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, "cannot read " + file + ": " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
