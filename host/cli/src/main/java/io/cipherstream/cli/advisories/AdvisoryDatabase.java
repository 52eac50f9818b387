package io.cipherstream.cli.advisories;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Advisories as files in the OSV format, in a folder or a zip archive. A file is read up to {@value
 * #BYTES_MAX} bytes.
 */
final class AdvisoryDatabase {

  private static final int BYTES_MAX = 8 << 20;
  private static final String ENDING = ".json";

  private AdvisoryDatabase() {}

  /**
   * Reads all advisories.
   *
   * @return how many there are
   * @throws CliException of BAD_INPUT if there is none, or one cannot be read
   */
  static long read(Path folderOrZip, Consumer<OsvAdvisory> each) {
    try {
      long count =
          Files.isDirectory(folderOrZip) ? folder(folderOrZip, each) : zip(folderOrZip, each);
      if (count == 0) {
        throw CliException.badInput(
            folderOrZip + ": no advisory in it; expected files " + ENDING + " in the OSV format");
      }
      return count;
    } catch (IOException e) {
      throw new CliException(
          ExitCodes.BAD_INPUT,
          folderOrZip
              + " cannot be read: "
              + e.getMessage()
              + "; expected a folder or a zip archive of advisories in the OSV format",
          e);
    }
  }

  private static long folder(Path folder, Consumer<OsvAdvisory> each) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long count = 0;
      for (Path file : files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          each.accept(advisory(in, file.toString()));
          count++;
        }
      }
      return count;
    }
  }

  private static long zip(Path file, Consumer<OsvAdvisory> each) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long count = 0;
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().endsWith(ENDING)) {
          try (InputStream in = zip.getInputStream(entry)) {
            each.accept(advisory(in, file + "!" + entry.getName()));
            count++;
          }
        }
      }
      return count;
    }
  }

  private static OsvAdvisory advisory(InputStream in, String from) throws IOException {
    byte[] bytes = in.readNBytes(BYTES_MAX + 1);
    if (bytes.length > BYTES_MAX) {
      throw CliException.badInput(from + ": more than " + BYTES_MAX + " bytes");
    }
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new CliException(ExitCodes.BAD_INPUT, from + " is no JSON: " + e.getMessage(), e);
    }
    if (!json.path("id").isTextual() || !json.path("modified").isTextual()) {
      throw CliException.badInput(
          from + ": expected an advisory in the OSV format, with 'id' and 'modified'");
    }
    return new OsvAdvisory(json);
  }
}
