package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"\n", "\r", "\r\n", "\u000b", "\f", "\u0085", "\u2028", "\u2029", "\u001b[2K"})
  void nothingInAMessageBeginsALine(String end) {
    String line = line("model 'x" + end + "2026-11-28T00:00:00.000Z ERROR forged'", null);
    assertThat(line).endsWith("\n").contains("forged'");
    assertThat(line.strip().chars())
        .noneMatch(c -> c < ' ' || c == 0x85 || c == 0x2028 || c == 0x2029);
  }

  @Test
  void nothingInAnExceptionBeginsALineInTheFirstColumn() {
    String lines = line("failed", new IllegalStateException("a\n2026-11-28 ERROR forged"));
    assertThat(lines.lines().skip(1)).isNotEmpty().allMatch(l -> l.startsWith("    "));
    assertThat(lines).contains("LoggingTest");
  }

  private static String line(String message, Throwable failure) {
    LoggerContext context = new LoggerContext();
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern(Logging.PATTERN);
    layout.start();
    return layout.doLayout(
        new LoggingEvent("x", context.getLogger("x"), Level.INFO, message, failure, null));
  }
}
