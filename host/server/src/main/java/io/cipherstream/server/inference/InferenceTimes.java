package io.cipherstream.server.inference;

import io.vertx.core.json.JsonObject;

/** Counts of one inference, and the messages that report them. */
final class InferenceTimes {

  private static final double NANOS = 1e9;

  private final long started = System.nanoTime();
  private long queueNanos;
  private long computeNanos;
  private long bytesIn;
  private long bytesOut;

  void received(int bytes) {
    bytesIn += bytes;
  }

  void sent(int bytes) {
    bytesOut += bytes;
  }

  void computed(long queued, long nanos) {
    queueNanos += queued;
    computeNanos += nanos;
  }

  JsonObject round(int round, String operation, int count, long queued, long nanos) {
    return new JsonObject()
        .put("type", "round")
        .put("round", round)
        .put("operation", operation)
        .put("count", count)
        .put("queueSeconds", queued / NANOS)
        .put("computeSeconds", nanos / NANOS);
  }

  /** The bytes out are those before the result itself. */
  JsonObject result(int count) {
    return new JsonObject()
        .put("type", "result")
        .put("count", count)
        .put("serverSeconds", (System.nanoTime() - started) / NANOS)
        .put("computeSeconds", computeNanos / NANOS)
        .put("queueSeconds", queueNanos / NANOS)
        .put("bytesIn", bytesIn)
        .put("bytesOut", bytesOut);
  }
}
