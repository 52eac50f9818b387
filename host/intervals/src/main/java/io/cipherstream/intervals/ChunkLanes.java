package io.cipherstream.intervals;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Runs the independent lanes of a query, as many at one time as it has threads for. */
@FunctionalInterface
<<<<<<<< HEAD:host/intervals/src/main/java/io/cipherstream/intervals/QueryLanes.java
public interface QueryLanes {

  /** One after another, on the caller's thread. */
  QueryLanes IN_TURN = (count, lane) -> IntStream.range(0, count).forEach(lane);
========
public interface ChunkLanes {

  /** One after another, on the caller's thread. */
  ChunkLanes IN_TURN = (count, lane) -> IntStream.range(0, count).forEach(lane);
>>>>>>>> 04aaa3d633fcb55e4074ac505ddb5f3efd714ef7:host/intervals/src/main/java/io/cipherstream/intervals/ChunkLanes.java

  /**
   * Runs lanes 0 to count − 1 and returns when all have ended. What one throws is thrown, after
   * those that had begun have ended.
   */
  void run(int count, IntConsumer lane);
}
