package io.cipherstream.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The native library on SEAL with Intel HEXL, if it was built: a folder for the class path, beside
 * what the archive of {@code host/seal} holds.
 *
 * @param classes the folder; null if there is none
 * @param version HEXL's version; empty if there is none
 * @param missing why there is none; null if there is
 */
public record HexlLibrary(@Nullable Path classes, String version, @Nullable String missing) {

  /** System property: the folder. */
  public static final String FOLDER = "cipherstream.hexl.classes";

  /** System property: why there is none. */
  public static final String MISSING = "cipherstream.hexl.missing";

  /** What JavaCPP appends to the platform's name to find the library. */
  static final String EXTENSION = "-hexl";

  private static final String LIBRARY =
      "io/cipherstream/seal/jni/linux-x86_64" + EXTENSION + "/libjniSealShim.so";

  private static final String VERSION_FILE = "hexl.version";

  /** What the launcher says. */
  public static HexlLibrary ofSystemProperties() {
    String folder = System.getProperty(FOLDER);
    if (folder == null || folder.isBlank()) {
      return none(
          System.getProperty(MISSING, "it was not built: './cipherstream setup --with-hexl' does"));
    }
    return in(Path.of(folder));
  }

  static HexlLibrary in(Path folder) {
    if (!Files.isRegularFile(folder.resolve(LIBRARY))) {
      return none(folder + " has no " + LIBRARY);
    }
    try {
      Path version = folder.resolve(VERSION_FILE);
      return new HexlLibrary(
          folder, Files.exists(version) ? Files.readString(version).strip() : "unknown", null);
    } catch (IOException e) {
      return none(e.toString());
    }
  }

  static HexlLibrary none(String why) {
    return new HexlLibrary(null, "", why);
  }
}
