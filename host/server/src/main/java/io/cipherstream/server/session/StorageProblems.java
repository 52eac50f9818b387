package io.cipherstream.server.session;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import java.util.Locale;

/** Turns failures of the disk that the operator must fix into problems. */
public final class StorageProblems {

  private StorageProblems() {}

  /** {@link ProblemType#STORAGE_FULL} for a full disk or quota; everything else as it is. */
  public static Throwable of(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
      if (text.contains("no space left") || text.contains("quota exceeded")) {
        return full();
      }
    }
    return failure;
  }

  /** The problem of a disk without room. */
  public static ProblemException full() {
    return ProblemException.of(
        ProblemType.STORAGE_FULL,
        "something to store that does not fit on the disk",
        "free disk space",
        "make room on the appliance's data disk, or delete sessions; nothing of it was kept");
  }
}
