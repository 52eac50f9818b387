package io.cipherstream.gateway.serving;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a lane takes from the queue at one time: as many questions as an inference holds, but only
 * where the other lanes have work too. Thread-safe.
 */
final class LanePortions {

  /**
   * An inference that holds this many is worth sharing only when so many more wait: fewer would
   * hardly fill one, and one lane would ask them one after the other.
   */
  static final int LARGE = 64;

  private final QuestionQueue queue;
  private final int lanes;

  /**
   * @param lanes that take from the queue
   */
  LanePortions(QuestionQueue queue, int lanes) {
    this.queue = queue;
    this.lanes = lanes;
  }

  /**
   * The next questions for one lane, at least one; waits for it. Null once the queue is closed.
   *
   * @param together most questions that can share an inference, at least 1
   */
  @Nullable List<QuestionQueue.Waiting> next(int together) throws InterruptedException {
    QuestionQueue.Waiting first = queue.take();
    if (first == null) {
      return null;
    }
    List<QuestionQueue.Waiting> portion = new ArrayList<>(List.of(first));
    if (together > 1) {
      portion.addAll(queue.rest(together >= LARGE ? LARGE : lanes, together - 1));
    }
    return portion;
  }
}
