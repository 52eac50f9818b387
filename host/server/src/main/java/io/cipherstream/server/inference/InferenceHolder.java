package io.cipherstream.server.inference;

import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.session.Session;
import org.jspecify.annotations.Nullable;

/** A WebSocket or a request on which inferences run. Thread-safe. */
public interface InferenceHolder {

  /** The session; null before a request has named it. */
  @Nullable Session session();

  /** Whether an inference runs or its result is still being sent. */
  boolean isBusy();

  /** Ends the running inference, tells the client why, and takes nothing more. */
  void end(ProblemException why);
}
