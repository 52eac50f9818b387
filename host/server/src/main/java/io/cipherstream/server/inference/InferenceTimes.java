package io.cipherstream.server.inference;

import io.cipherstream.transformer.Round;
import io.cipherstream.transformer.ServerRun;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts of one inference, and the messages that report them. */
final class InferenceTimes {

  private static final double NANOS = 1e9;

  private final long started = System.nanoTime();
  private long queueNanos;
  private long computeNanos;
  private long bytesIn;
  private long bytesOut;
  private String engine = "";
  private List<String> enginesFailed = List.of();

  void received(int bytes) {
    bytesIn += bytes;
  }

  void sent(int bytes) {
    bytesOut += bytes;
  }

  /**
   * @param by what computed the step
   */
  void computed(long queued, long nanos, @Nullable ServerRun by) {
    queueNanos += queued;
    computeNanos += nanos;
    if (by != null) {
      engine = by.engine();
      enginesFailed = by.failedEngine().map(List::of).orElse(List.of());
    }
  }

  JsonObject round(Round round, long queued, long nanos) {
    return new JsonObject()
        .put("type", "round")
        .put("round", round.index())
        .put("operation", round.operation().label())
        .put("count", round.down().size())
        .put("queueSeconds", queued / NANOS)
        .put("computeSeconds", nanos / NANOS)
        .put("engine", engine)
        .put("enginesFailed", new JsonArray(enginesFailed));
  }

  /** The bytes out are those before the result itself. */
  JsonObject result(int count) {
    return new JsonObject()
        .put("type", "result")
        .put("count", count)
        .mergeIn(report())
        .put("enginesFailed", new JsonArray(enginesFailed));
  }

  /** The same as parameters of the Open Inference Protocol, which are no lists. */
  JsonObject parameters() {
    return report().put("enginesFailed", String.join(",", enginesFailed));
  }

  private JsonObject report() {
    return new JsonObject()
        .put("serverSeconds", (System.nanoTime() - started) / NANOS)
        .put("computeSeconds", computeNanos / NANOS)
        .put("queueSeconds", queueNanos / NANOS)
        .put("engine", engine)
        .put("bytesIn", bytesIn)
        .put("bytesOut", bytesOut);
  }
}
