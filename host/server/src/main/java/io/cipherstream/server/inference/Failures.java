package io.cipherstream.server.inference;

import io.cipherstream.ckks.CkksException;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the failure that stopped an inference into a problem; unexpected causes are logged. */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static ProblemException toProblem(Throwable failure, String inference) {
    if (failure instanceof ProblemException problem) {
      return problem;
    }
    if (failure instanceof CkksException e && e.kind() == CkksException.Kind.KEY_MISSING) {
      return ProblemException.of(
          ProblemType.KEY_MISSING,
          String.valueOf(e.getMessage()),
          "every key that requiredKeys list",
          "upload the missing keys");
    }
    LOG.error("inference {} failed", inference, failure);
    return ProblemException.internal(failure, inference);
  }
}
