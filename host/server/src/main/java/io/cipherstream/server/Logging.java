package io.cipherstream.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;

/** Logs to standard error, as text or JSON. No text to classify is ever logged. */
final class Logging {

  /**
   * A message may contain data that a client sent, such as a model's name. No character of it can
   * begin a line, and lines of a stack trace are indented.
   */
  static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{20}"
          + " %replace(%msg){'[\\p{Cntrl}\\u0085\\u2028\\u2029]', '?'}%n"
          + "%replace(%ex){'(?m)^(?=.)', '    '}";

  private Logging() {}

  static void configure(boolean json) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(json ? json(context) : text(context));
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger("ROOT");
    root.setLevel(ch.qos.logback.classic.Level.INFO);
    root.addAppender(appender);
    context.getLogger("io.netty").setLevel(ch.qos.logback.classic.Level.WARN);
    context.getLogger("com.hazelcast").setLevel(ch.qos.logback.classic.Level.WARN);
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
