package io.cipherstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A record on disk that a session is being made. It is removed when the session is stored or
 * deleted. A record that remains, because the answer was lost or the process ended, names a session
 * that will never be used, and {@link #sweep} deletes that session from the appliance.
 */
final class SessionInMaking {

  private static final String SUFFIX = ".making";
  private static final String FINGERPRINT = "keyFingerprint";
  private static final String PROCESS = "process";
  private static final String NOBODY = "";

  private final Path file;
  private final String keyFingerprint;

  private SessionInMaking(Path file, String keyFingerprint) {
    this.file = file;
    this.keyFingerprint = keyFingerprint;
  }

  /**
   * Records that a session is about to be made.
   *
   * @param keyFingerprint of the session's public key, which is made for this session alone
   */
  static SessionInMaking begin(Path folder, String keyFingerprint) {
    SessionInMaking note =
        new SessionInMaking(
            folder.resolve("." + keyFingerprint.substring(0, 16) + SUFFIX), keyFingerprint);
    note.write(process(ProcessHandle.current()));
    return note;
  }

  /** The session was stored or deleted. */
  void done() {
    deleteQuietly(file);
  }

  /** The session may exist, and will not be used. */
  void abandon() {
    write(NOBODY);
  }

  private void write(String process) {
    ObjectNode json = ApplianceHttp.JSON.createObjectNode();
    json.put(FINGERPRINT, keyFingerprint);
    json.put(PROCESS, process);
    SecretFiles.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Deletes from the appliance the sessions in the records of ended processes. */
  static void sweep(Path folder, ApplianceHttp http, ProgressListener progress) {
    Map<String, Path> abandoned = abandoned(folder);
    if (abandoned.isEmpty()) {
      return;
    }
    try {
      String next = "";
      do {
        JsonNode page = http.get("/v2/sessions" + (next.isEmpty() ? "" : "?after=" + next));
        for (JsonNode session : page.path("sessions")) {
          String id = session.path("session").asText();
          if (abandoned.containsKey(session.path(FINGERPRINT).asText())
              && id.matches("[0-9a-f]{32}")) {
            http.delete("/v2/sessions/" + id);
          }
        }
        String after = page.path("next").asText("");
        next = after.compareTo(next) > 0 && after.matches("[0-9a-f]{32}") ? after : "";
      } while (!next.isEmpty());
      abandoned.values().forEach(SessionInMaking::deleteQuietly);
    } catch (ServerProblemException e) {
      progress.progress("sessions whose answer was lost were left to expire", 0, 0);
    }
  }

  private static Map<String, Path> abandoned(Path folder) {
    Map<String, Path> found = new HashMap<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        JsonNode note = ApplianceHttp.JSON.readTree(Files.readAllBytes(file));
        if (!isRunning(note.path(PROCESS).asText())) {
          found.put(note.path(FINGERPRINT).asText(), file);
        }
      }
    } catch (IOException e) {
      return found; // a record that cannot be read now is read the next time
    }
    return found;
  }

  private static boolean isRunning(String process) {
    String pid = process.substring(0, Math.max(0, process.indexOf('@')));
    return !pid.isEmpty()
        && pid.matches("[0-9]{1,18}")
        && ProcessHandle.of(Long.parseLong(pid))
            .map(handle -> process(handle).equals(process))
            .orElse(false);
  }

  /** Number and start time of a process, since numbers are reused. */
  private static String process(ProcessHandle handle) {
    Optional<String> started =
        handle.info().startInstant().map(instant -> String.valueOf(instant.toEpochMilli()));
    return handle.pid() + "@" + started.orElse("");
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It is read again the next time; a missing session does no harm.
    }
  }
}
