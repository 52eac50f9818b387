package io.cipherstream.gateway.serving;

import java.time.Duration;

/**
 * How a model is asked.
 *
 * @param lanes inferences of a model at one time
 * @param waitingMax questions of a model that may wait
 * @param window time for which a question waits for others that are the same
 * @param answerTimeout longest wait for an answer, queueing included
 * @param healthEvery time between two checks of an appliance
 * @param keyAge after which a secret key is replaced
 */
public record ServingOptions(
    int lanes,
    int waitingMax,
    Duration window,
    Duration answerTimeout,
    Duration healthEvery,
    Duration keyAge) {

  /** Two lanes, 256 questions, 3 ms, 5 minutes, 5 s, 90 days. */
  public static final ServingOptions DEFAULTS =
      new ServingOptions(
          2,
          256,
          Duration.ofMillis(3),
          Duration.ofMinutes(5),
          Duration.ofSeconds(5),
          Duration.ofDays(90));

  /**
   * @throws IllegalArgumentException if a number is not positive or a time negative
   */
  public ServingOptions {
    if (lanes < 1
        || waitingMax < 1
        || window.isNegative()
        || answerTimeout.toMillis() < 1
        || keyAge.toMillis() < 1) {
      throw new IllegalArgumentException(
          "lanes "
              + lanes
              + ", waiting "
              + waitingMax
              + ", window "
              + window
              + ", timeout "
              + answerTimeout
              + ", age of keys "
              + keyAge
              + ": expected at least 1, 1, 0 and more than 0, 0");
    }
  }
}
