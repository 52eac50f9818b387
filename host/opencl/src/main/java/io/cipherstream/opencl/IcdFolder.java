package io.cipherstream.opencl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folder in which the OpenCL loader looks for drivers, if the environment names one. */
final class IcdFolder {

  /** The variable that names it; without it the loader looks in {@code /etc/OpenCL/vendors}. */
  static final String VARIABLE = "OCL_ICD_VENDORS";

  private IcdFolder() {}

  /** A possible fault of this process's folder, for the end of a message. */
  static String remark() {
    return remark(System.getenv(VARIABLE));
  }

  /**
   * As {@link #remark()}.
   *
   * @param value of {@value #VARIABLE}, null if it is not set
   */
  static String remark(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return "";
    }
    Path folder = Path.of(value);
    String named = "; " + VARIABLE + " is " + value + ", ";
    if (value.endsWith(".icd")) {
      return named + (Files.isRegularFile(folder) ? "one driver's file" : "a file that is missing");
    }
    if (!Files.isDirectory(folder)) {
      return named
          + "which is no folder: './cipherstream sim run' makes the simulation's, or unset it";
    }
    List<String> drivers = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.icd")) {
      files.forEach(f -> drivers.add(String.valueOf(f.getFileName())));
    } catch (IOException e) {
      return named + "which cannot be read: " + e;
    }
    Collections.sort(drivers);
    return named
        + (drivers.isEmpty()
            ? "where no *.icd file names a driver"
            : "where drivers are " + drivers);
  }
}
