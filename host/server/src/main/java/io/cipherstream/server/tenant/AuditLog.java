package io.cipherstream.server.tenant;

import static net.logstash.logback.argument.StructuredArguments.fields;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import ch.qos.logback.core.status.Status;
import io.cipherstream.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;

/**
 * Who did what, when, with what outcome: a JSON object a line in {@code audit.log} of a folder that
 * only the appliance's user can read. At midnight (UTC) the file becomes {@code
 * audit-2026-11-30.log.gz}; those older than the days to keep are deleted. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final String IGNORE = "[ignore]";

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("audit");

  /**
   * @param days to keep; 0 for no audit log
   */
  public AuditLog(Path folder, int days) throws IOException {
    if (days == 0) {
      return;
    }
    OwnerOnly.createFolders(folder);
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.getStatusManager().add(AuditLog::failed);
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(folder.resolve("audit.log").toString());
    TimeBasedRollingPolicy<ILoggingEvent> policy = new TimeBasedRollingPolicy<>();
    policy.setContext(context);
    policy.setParent(appender);
    policy.setFileNamePattern(folder.resolve("audit-%d{yyyy-MM-dd, UTC}.log.gz").toString());
    policy.setMaxHistory(days);
    policy.setCleanHistoryOnStart(true);
    policy.start();
    appender.setRollingPolicy(policy);
    appender.setEncoder(encoder());
    appender.start();
    if (!appender.isStarted()) {
      throw new IOException("the audit log in " + folder + " cannot be written");
    }
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  private LogstashEncoder encoder() {
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setContext(context);
    encoder.setTimeZone("UTC");
    encoder.setIncludeMdc(false);
    LogstashFieldNames names = new LogstashFieldNames();
    names.setTimestamp("time");
    names.setMessage(IGNORE);
    names.setVersion(IGNORE);
    names.setLogger(IGNORE);
    names.setThread(IGNORE);
    names.setLevel(IGNORE);
    names.setLevelValue(IGNORE);
    encoder.setFieldNames(names);
    encoder.start();
    return encoder;
  }

  /** What cannot be written, as on a full disk, is said in the appliance's log. */
  private static void failed(Status status) {
    if (status.getLevel() == Status.ERROR) {
      LOG.error("the audit log: {}", status.getMessage());
    }
  }

  public void add(AuditEntry entry) {
    logger.info("{}", fields(entry));
  }

  @Override
  public void close() {
    context.stop();
  }
}
