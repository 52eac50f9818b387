package io.cipherstream.intervals;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Runs the independent lanes of a query, as many at one time as it has threads for. */
@FunctionalInterface
public interface ChunkLanes {

  /** One after another, on the caller's thread. */
  ChunkLanes IN_TURN = (count, lane) -> IntStream.range(0, count).forEach(lane);

  /**
   * Runs lanes 0 to count − 1 and returns when all have ended. What one throws is thrown, after
   * those that had begun have ended.
   */
  void run(int count, IntConsumer lane);
}
