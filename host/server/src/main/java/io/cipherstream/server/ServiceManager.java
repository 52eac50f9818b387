package io.cipherstream.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far the appliance is, through {@code systemd-notify}: Java has no datagrams of
 * Unix sockets. Nothing happens in a process that systemd did not start, which has no {@code
 * NOTIFY_SOCKET}. What cannot be told is logged and changes nothing else. Thread-safe; no method
 * waits.
 */
final class ServiceManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final long TELLING_SECONDS_MAX = 10;
  private static final long MICROS_PER_MILLI = 1000;

  private final boolean listens;
  private final long watchdogMicros;
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "service-manager");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean isReady;

  /**
   * @param environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID}, as in
   *     sd_notify(3) and sd_watchdog_enabled(3)
   */
  ServiceManager(Map<String, String> environment) {
    this.listens = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
    this.watchdogMicros = watchdogMicros(environment);
  }

  /** The watchdog's time, if it is meant for this process. */
  private static long watchdogMicros(Map<String, String> environment) {
    String own = String.valueOf(ProcessHandle.current().pid());
    if (!environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
      return 0;
    }
    try {
      return Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
    } catch (NumberFormatException e) {
      LOG.warn("WATCHDOG_USEC: expected microseconds, received another text");
      return 0;
    }
  }

  /** Milliseconds between two signs of life: half of the watchdog's time; empty if it has none. */
  OptionalLong signOfLifeMillis() {
    long millis = watchdogMicros / 2 / MICROS_PER_MILLI;
    return listens && millis > 0 ? OptionalLong.of(millis) : OptionalLong.empty();
  }

  void alive() {
    tell("WATCHDOG=1");
  }

  /** What is going on, for {@code systemctl status}; one line. */
  void status(String text) {
    tell("STATUS=" + text);
  }

  /** Everything is loaded. */
  void ready(String text) {
    isReady = true;
    tell("READY=1", "STATUS=" + text);
  }

  /** A reload begins; nothing is said of one before everything is loaded. */
  void reloading() {
    if (isReady) {
      tell("RELOADING=1");
    }
  }

  void reloaded() {
    if (isReady) {
      tell("READY=1");
    }
  }

  void stopping() {
    tell("STOPPING=1", "STATUS=waiting for running inferences");
  }

  private void tell(String... states) {
    if (listens) {
      teller.execute(() -> notify(List.of(states)));
    }
  }

  private static void notify(List<String> states) {
    List<String> command = new ArrayList<>(List.of("systemd-notify"));
    command.addAll(states);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(TELLING_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        LOG.warn("systemd was not told {}: no end after {} s", states, TELLING_SECONDS_MAX);
      } else if (process.exitValue() != 0) {
        LOG.warn("systemd was not told {}: status {}", states, process.exitValue());
      }
    } catch (IOException e) {
      LOG.warn("systemd was not told {}: {}", states, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    teller.shutdown();
  }
}
