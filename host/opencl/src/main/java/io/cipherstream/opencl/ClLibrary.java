package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import java.util.function.Supplier;
import org.jocl.CL;

/** The OpenCL library itself: whether the process can load it. */
final class ClLibrary {

  static final String INSTALL =
      "install the loader and a driver, such as the Debian packages ocl-icd-libopencl1 and"
          + " pocl-opencl-icd, or the maker's driver of a graphics card";

  /**
   * A property of JOCL. Without it JOCL loads any file under a well-known name in the temporary
   * folder, which other users may write to. With it, JOCL uses its own copy under a random name,
   * deleted at the end.
   */
  private static final String UNIQUE_NAMES = "uniqueLibraryNames";

  private ClLibrary() {}

  /**
   * Runs an action that uses the library.
   *
   * @throws EngineException of kind UNAVAILABLE if there is none, or a driver would end the process
   */
  static <T> T with(Supplier<T> action) {
    PoclGuard.check();
    try {
      if (System.getProperty(UNIQUE_NAMES) == null) {
        System.setProperty(UNIQUE_NAMES, "true");
      }
      CL.setExceptionsEnabled(false);
      return action.get();
    } catch (LinkageError e) {
      throw new EngineException(
          EngineException.Kind.UNAVAILABLE,
          "no OpenCL loader (libOpenCL.so.1) can be used here: " + e.getMessage() + "; " + INSTALL,
          e);
    }
  }
}
