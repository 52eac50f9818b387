package io.cipherstream.server.inference;

import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** The timers of one inference; each names its limit when it fires. Used on one context. */
final class Deadlines implements AutoCloseable {

  private static final long NONE = -1;

  private final Vertx vertx;
  private final Limits limits;
  private final Consumer<ProblemException> expired;
  private long inference = NONE;
  private long round = NONE;
  private long read = NONE;
  private long keys = NONE;

  Deadlines(Vertx vertx, Limits limits, Consumer<ProblemException> expired) {
    this.vertx = vertx;
    this.limits = limits;
    this.expired = expired;
  }

  /**
   * @param silent whether nothing crosses the connection while the inference waits and computes, so
   *     that the connection counts as idle
   */
  void startInference(boolean silent) {
    boolean idle = silent && limits.idleConnectionSeconds() < limits.inferenceDeadlineSeconds();
    inference =
        set(
            idle ? limits.idleConnectionSeconds() : limits.inferenceDeadlineSeconds(),
            idle ? "idleConnectionSeconds" : "inferenceDeadlineSeconds",
            "the whole inference");
  }

  void awaitRound(int number) {
    roundDone();
    round =
        set(
            limits.roundDeadlineSeconds(),
            "roundDeadlineSeconds",
            number < 0 ? "the inputs" : "the client's part of round " + number);
  }

  void roundDone() {
    cancel(round);
    round = NONE;
  }

  /**
   * Room for keys becomes free when other inferences end, so waiting too long for it is overload.
   */
  void awaitKeys() {
    keys =
        vertx.setTimer(
            1000L * limits.keyWaitSeconds(),
            id ->
                expired.accept(
                    ProblemException.of(
                            ProblemType.OVERLOADED,
                            "no room for the session's keys within "
                                + limits.keyWaitSeconds()
                                + " s",
                            "room in keyMemoryBytesMax within that time (keyWaitSeconds)",
                            "try again after the named time")
                        .with("limit", "keyMemoryBytesMax")
                        .with("retryAfterSeconds", limits.retryAfterSeconds())));
  }

  void keysDone() {
    cancel(keys);
    keys = NONE;
  }

  void awaitRead(int number) {
    readDone();
    read =
        set(
            limits.sendDeadlineSeconds(),
            "sendDeadlineSeconds",
            "the client to read a ciphertext of round " + number);
  }

  void readDone() {
    cancel(read);
    read = NONE;
  }

  @Override
  public void close() {
    cancel(inference);
    inference = NONE;
    roundDone();
    readDone();
    keysDone();
  }

  private long set(int seconds, String limit, String what) {
    return vertx.setTimer(
        1000L * seconds,
        id ->
            expired.accept(
                ProblemException.of(
                        ProblemType.DEADLINE_EXCEEDED,
                        "nothing within " + seconds + " s",
                        what + " within " + seconds + " s (" + limit + ")",
                        "start the inference again")
                    .with("limit", limit)));
  }

  private void cancel(long timer) {
    if (timer != NONE) {
      vertx.cancelTimer(timer);
    }
  }
}
