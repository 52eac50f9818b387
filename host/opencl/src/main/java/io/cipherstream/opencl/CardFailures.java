package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CoreJob;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.ImageManifest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains in words the failure that the result line of a job reports. */
final class CardFailures {

  private static final String NO_RESULT =
      "the core wrote no result line: it hangs, its memory did not answer and the watchdog stopped"
          + " it, or its job could not be read; it needs a reset";

  private CardFailures() {}

  /** Why a job failed, or null if it succeeded. */
  static @Nullable String text(ImageManifest manifest, CoreJob job, CoreResult result) {
    String run = job.name() + " on " + manifest + ": ";
    if (!result.written()) {
      return run + NO_RESULT;
    }
    if (result.magic() != CoreResult.MAGIC) {
      return run + damaged(result.magic());
    }
    Optional<CoreStatus> status = CoreStatus.of(result.status());
    if (status.isEmpty()) {
      return run + "the core stopped with status " + result.status() + ", which no core has";
    }
    if (status.get() != CoreStatus.OK) {
      return run
          + "the core stopped with status "
          + result.status()
          + ", "
          + status.get().text()
          + place(manifest, job, result, status.get());
    }
    if (result.work().operations() != job.operations()) {
      return run
          + "the core finished "
          + result.work().operations()
          + " of "
          + job.operations()
          + " operations";
    }
    return null;
  }

  /** What another magic than expected means. */
  private static String damaged(int magic) {
    return "the result line is damaged: its magic is "
        + Integer.toHexString(magic)
        + ", expected "
        + Integer.toHexString(CoreResult.MAGIC);
  }

  private static String place(
      ImageManifest manifest, CoreJob job, CoreResult result, CoreStatus status) {
    if (!status.namesOperation()) {
      return "";
    }
    // With several clusters the line does not tell whose stream it is in.
    String operation =
        manifest.cluster().clusters() == 1 ? job.operation(0, result.failedLine()) : null;
    // An error answer arrives while later operations are already being dispatched.
    boolean memory = status == CoreStatus.READ_ERROR || status == CoreStatus.WRITE_ERROR;
    return (memory ? ", at or before line " : ", at line ")
        + result.failedLine()
        + " of the stream"
        + (operation == null ? "" : ": " + operation);
  }
}
