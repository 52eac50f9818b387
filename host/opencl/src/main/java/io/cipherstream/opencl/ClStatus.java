package io.cipherstream.opencl;

import io.cipherstream.ring.EngineException;
import org.jocl.CL;

/** Results of OpenCL calls. */
final class ClStatus {

  /** No platform: the ICD loader's answer when no driver is installed. */
  static final int PLATFORM_NOT_FOUND = -1001;

  private ClStatus() {}

  static boolean isSuccess(int status) {
    return status == CL.CL_SUCCESS;
  }

  /** The name of a status, such as {@code CL_OUT_OF_RESOURCES (-5)}. */
  static String text(int status) {
    return CL.stringFor_errorCode(status) + " (" + status + ")";
  }

  /**
   * @throws EngineException of that kind unless the call succeeded
   */
  static void check(EngineException.Kind kind, String call, int status) {
    if (!isSuccess(status)) {
      throw new EngineException(kind, call + " failed: " + text(status));
    }
  }
}
