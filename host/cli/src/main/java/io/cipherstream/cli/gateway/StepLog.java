package io.cipherstream.cli.gateway;

import io.cipherstream.client.ProgressListener;
import io.cipherstream.gateway.watch.GatewayLog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Logs each step that takes long when it begins, and again while it goes on. Thread-safe. */
final class StepLog implements ProgressListener {

  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final GatewayLog log;
  private final Map<String, Long> logged = new HashMap<>();

  StepLog(GatewayLog log) {
    this.log = log;
  }

  @Override
  public synchronized void progress(String step, long done, long total) {
    long now = System.nanoTime();
    Long last = logged.get(step);
    if (last == null || now - last > AGAIN_NANOS) {
      logged.put(step, now);
      log.event("step", Map.of("step", step));
    }
  }
}
