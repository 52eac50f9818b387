package io.cipherstream.server.problem;

import io.cipherstream.wire.WireException;

/** Maps the error of a refused envelope to its problem. */
public final class WireProblems {

  private WireProblems() {}

  /** A ciphertext that was refused. */
  public static ProblemException ciphertext(WireException e) {
    ProblemType type =
        switch (e.kind()) {
          case LEVEL -> ProblemType.LEVEL_EXHAUSTED;
          case SESSION, KEY -> ProblemType.KEY_MISMATCH;
          case PARAMETERS -> ProblemType.PARAMS_REJECTED;
          case REPLAYED -> ProblemType.ROUND_REPLAYED;
          case OUT_OF_ORDER -> ProblemType.ROUND_OUT_OF_ORDER;
          case OVERSIZED -> ProblemType.TOO_LARGE;
          default -> ProblemType.CIPHERTEXT_INVALID;
        };
    return problem(type, e, "send the ciphertext that the plan names for this place");
  }

  /** A key that was refused. */
  public static ProblemException key(WireException e) {
    ProblemType type =
        switch (e.kind()) {
          case SESSION, KEY -> ProblemType.KEY_MISMATCH;
          case PARAMETERS -> ProblemType.PARAMS_REJECTED;
          case OVERSIZED -> ProblemType.TOO_LARGE;
          default -> ProblemType.KEY_INVALID;
        };
    return problem(type, e, "send the key that the session's requiredKeys name");
  }

  private static ProblemException problem(ProblemType type, WireException e, String action) {
    return ProblemException.of(
            type, e.field() + " " + e.received(), e.field() + " " + e.expected(), action)
        .with("wireError", e.kind().name());
  }
}
