package io.cipherstream.server.metrics;

import io.cipherstream.engine.EngineEvents;
import io.cipherstream.ring.EngineException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** Counts events of engines. */
public record EngineMetrics(ServerMetrics metrics) implements EngineEvents {

  /** Every reason for which an engine may be left. */
  public static Stream<String> reasons() {
    return Arrays.stream(EngineException.Kind.values()).map(EngineMetrics::reason);
  }

  private static String reason(EngineException.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void fellBack(String engine, EngineException cause) {
    metrics.engineFallback(engine, reason(cause.kind()));
  }

  @Override
  public void crossChecked(String engine, boolean same) {
    metrics.crossChecked(engine, same);
  }
}
