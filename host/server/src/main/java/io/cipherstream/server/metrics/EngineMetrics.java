package io.cipherstream.server.metrics;

import io.cipherstream.engine.EngineEvents;
import io.cipherstream.ring.EngineException;
import java.util.Locale;

/** Counts events of engines. */
public record EngineMetrics(ServerMetrics metrics) implements EngineEvents {

  @Override
  public void fellBack(String engine, EngineException cause) {
    metrics.engineFallback(engine, cause.kind().name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void crossChecked(String engine, boolean same) {
    metrics.crossChecked(engine, same);
  }
}
