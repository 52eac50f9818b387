package io.cipherstream.gateway.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.client.ClientException;
import io.cipherstream.gateway.problem.ClientProblems;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The gateway's log: one JSON object a line, of named events with figures and names of the
 * gateway's own. No message of a request and no message of a failure that may quote one is written:
 * of such a failure the log has the class and the places in the code. Thread-safe.
 */
public final class GatewayLog {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FRAMES_MAX = 12;

  private final PrintStream out;

  public GatewayLog(PrintStream out) {
    this.out = out;
  }

  /** An event with its fields in order. */
  public void event(String event, Map<String, Object> fields) {
    write("info", event, fields);
  }

  /** An event that an operator should look at. */
  public void warning(String event, Map<String, Object> fields) {
    write("warning", event, fields);
  }

  /** A failure; its message is written only where no text can be in it. */
  public void failure(String event, Map<String, Object> fields, Throwable failure) {
    Map<String, Object> all = new LinkedHashMap<>(fields);
    all.put("failure", failure.getClass().getName());
    if (failure instanceof ClientException client && ClientProblems.isOfTheAppliance(client)) {
      all.put("reason", String.valueOf(client.getMessage()));
    } else {
      all.put("at", failure.getStackTrace());
      if (failure.getCause() != null) {
        all.put("cause", failure.getCause().getClass().getName());
      }
    }
    write("error", event, all);
  }

  /**
   * Takes what libraries log through java.util.logging, without their messages: Vert.x quotes what
   * it could not handle.
   */
  public void takeOverLibraries() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new Libraries());
  }

  private void write(String level, String event, Map<String, Object> fields) {
    ObjectNode line = JSON.createObjectNode();
    line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", level);
    line.put("event", event);
    fields.forEach((name, value) -> put(line, name, value));
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  private static void put(ObjectNode line, String name, Object value) {
    if (value instanceof Long || value instanceof Integer) {
      line.put(name, ((Number) value).longValue());
    } else if (value instanceof Boolean flag) {
      line.put(name, flag);
    } else if (value instanceof StackTraceElement[] frames) {
      ArrayNode at = line.putArray(name);
      for (int i = 0; i < Math.min(FRAMES_MAX, frames.length); i++) {
        at.add(frames[i].toString());
      }
    } else {
      line.put(name, String.valueOf(value));
    }
  }

  private final class Libraries extends Handler {

    @Override
    public void publish(LogRecord record) {
      if (!isLoggable(record)) {
        return;
      }
      Map<String, Object> fields = Map.of("logger", String.valueOf(record.getLoggerName()));
      Throwable thrown = record.getThrown();
      if (thrown == null) {
        warning("library", fields);
      } else {
        failure("library", fields, thrown);
      }
    }

    @Override
    public void flush() {
      // Every line is written at once.
    }

    @Override
    public void close() {
      // Standard error stays open.
    }
  }
}
