package io.cipherstream.server.inference;

import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.server.session.Session;
import java.time.Duration;

/**
 * What an inference leaves in the metrics, in its tenant's usage and in its own report, but for the
 * time of its steps. On one context.
 */
final class InferenceAccount {

  private final InferenceServices services;
  private final Session session;
  private final ServedModel model;
  private final InferenceTimes times = new InferenceTimes();
  private final InferenceClock clock;
  private final long admittedNanos = System.nanoTime();

  InferenceAccount(InferenceServices services, InferenceStart start) {
    this.services = services;
    this.session = start.session();
    this.model = start.model();
    this.clock = new InferenceClock(services.metrics());
  }

  InferenceTimes times() {
    return times;
  }

  InferenceClock clock() {
    return clock;
  }

  /** A ciphertext has come in. */
  void received(int bytes) {
    times.received(bytes);
    services.metrics().wire("in", bytes);
    services.usage().wire(session.tenant(), bytes, 0);
  }

  /** A ciphertext goes out. */
  void sent(int bytes) {
    times.sent(bytes);
    services.metrics().wire("out", bytes);
    services.usage().wire(session.tenant(), 0, bytes);
  }

  /** The inference is over; the outcome is {@code ok}, {@code cancelled} or a problem's slug. */
  void ended(String outcome) {
    services
        .metrics()
        .inference(
            model.name(),
            model.version(),
            outcome,
            Duration.ofNanos(System.nanoTime() - admittedNanos));
    services.usage().ended(session.tenant(), outcome);
  }
}
