package io.cipherstream.seal;

import io.cipherstream.seal.jni.SealShim;
import java.util.Optional;

/** Which SEAL is linked in, and what that means. */
public final class SealInfo {

  /** What an appliance prints at start-up when {@link #warning} says so; %s is the version. */
  public static final String OLD_VERSION_WARNING =
      "SEAL %s is older than 4.4, which made loading untrusted data safe; Cipherstream never hands"
          + " outside bytes to SEAL's loaders, but build with SEAL_DIR or SEAL_SOURCE_DIR set to"
          + " SEAL 4.4 or newer when you can";

  private static final int SAFE_MAJOR = 4;
  private static final int SAFE_MINOR = 4;

  private SealInfo() {}

  /** The version of the linked SEAL, for example {@code 4.1.2}. */
  public static String version() {
    return SealShim.seal_version().getString();
  }

  /** The fastest kernels that the processor runs, in words. */
  public static String kernels() {
    return Kernels.best().text();
  }

  /** Whether SEAL was built with Intel HEXL, as only benchmarks have it. */
  public static boolean hexl() {
    return SealShim.uses_hexl() == 1;
  }

  /** {@link #OLD_VERSION_WARNING} filled in, if the linked SEAL is older than 4.4. */
  public static Optional<String> warning() {
    return warningFor(version());
  }

  static Optional<String> warningFor(String version) {
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    int minor = Integer.parseInt(parts[1]);
    boolean old = major < SAFE_MAJOR || (major == SAFE_MAJOR && minor < SAFE_MINOR);
    return old ? Optional.of(String.format(OLD_VERSION_WARNING, version)) : Optional.empty();
  }
}
