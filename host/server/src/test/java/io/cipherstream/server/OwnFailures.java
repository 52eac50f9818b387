package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/** What the appliance logs as its own failure while this is open. */
final class OwnFailures implements AutoCloseable {

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger;

  OwnFailures() {
    this("io.cipherstream");
  }

  /** What is logged below another name, such as by the HTTP server. */
  OwnFailures(String logger) {
    this.logger = (Logger) LoggerFactory.getLogger(logger);
    log.start();
    this.logger.addAppender(log);
  }

  /** Fails if there was one so far; for use when the appliance is closed. */
  void none() {
    assertThat(log.list)
        .as("what the appliance logged as its own failure")
        .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
  }

  @Override
  public void close() {
    logger.detachAppender(log);
  }
}
