package io.cipherstream.server.session;

import java.util.concurrent.CompletionStage;

/**
 * The right to run one inference of a session under an id that was never used before. While it is
 * open the session is not evicted. Closing it more than once is harmless.
 */
public final class InferenceClaim implements AutoCloseable {

  private final Session.Use use;
  private final CompletionStage<Void> recorded;

  InferenceClaim(Session.Use use, CompletionStage<Void> recorded) {
    this.use = use;
    this.recorded = recorded;
  }

  /**
   * Completes when the id is on disk. Nothing may be computed before that, since after a crash the
   * same id would be accepted again.
   */
  public CompletionStage<Void> recorded() {
    return recorded;
  }

  @Override
  public void close() {
    use.close();
  }
}
