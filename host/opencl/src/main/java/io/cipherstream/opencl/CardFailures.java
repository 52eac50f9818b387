package io.cipherstream.opencl;

import io.cipherstream.opencl.image.CorePart;
import io.cipherstream.opencl.image.CoreResult;
import io.cipherstream.opencl.image.CoreStatus;
import io.cipherstream.opencl.image.ImageManifest;
import io.cipherstream.ring.Disassembler;
import io.cipherstream.ring.LimbProgram;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains in words the failure that the result line of a run reports. */
final class CardFailures {

  /** What an unwritten line means. */
  static final String NO_RESULT =
      "the core wrote no result line: it hangs, or its memory did not answer and the watchdog"
          + " stopped it; it needs a reset";

  private CardFailures() {}

  /** What another magic than expected means. */
  static String damaged(int magic) {
    return "the result line is damaged: its magic is "
        + Integer.toHexString(magic)
        + ", expected "
        + Integer.toHexString(CoreResult.MAGIC);
  }

  /**
   * Why a run failed, or null if it succeeded.
   *
   * @param program null for a run without instructions
   */
  static @Nullable String text(
      ImageManifest manifest, @Nullable LimbProgram program, CorePart part, CoreResult result) {
    String run = (program == null ? "the probe" : part.place(program)) + " on " + manifest + ": ";
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
          + instruction(program, part, result, status.get());
    }
    if (result.instructions() != part.count()) {
      return run
          + "the core finished "
          + result.instructions()
          + " of "
          + part.count()
          + " instructions";
    }
    return null;
  }

  private static String instruction(
      @Nullable LimbProgram program, CorePart part, CoreResult result, CoreStatus status) {
    if (program == null || !status.namesInstruction()) {
      return "";
    }
    boolean memory = status == CoreStatus.READ_ERROR || status == CoreStatus.WRITE_ERROR;
    int descriptor = result.failedInstruction();
    if (descriptor < 0 || descriptor >= part.count()) {
      return memory
          ? ", while it finished the last instructions"
          : ", at a descriptor " + descriptor + " that the run does not have";
    }
    // An error answer arrives while later descriptors are already being read.
    return (memory ? ", at or before instruction " : ", at instruction ")
        + Disassembler.line(program, part.instruction(descriptor)).strip();
  }
}
