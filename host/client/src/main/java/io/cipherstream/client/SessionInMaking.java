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
 * A note on disk that a session is being made. It goes when the session is kept or deleted; one
 * that stays, because the answer was lost or the process ended, names a session that nobody will
 * use, and {@link #sweep} deletes that from the appliance.
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
   * Notes that a session is about to be made.
   *
   * @param keyFingerprint of the session's public key, which is made for it alone
   */
  static SessionInMaking begin(Path folder, String keyFingerprint) {
    SessionInMaking note =
        new SessionInMaking(
            folder.resolve("." + keyFingerprint.substring(0, 16) + SUFFIX), keyFingerprint);
    note.write(process(ProcessHandle.current()));
    return note;
  }

  /** The session is kept or deleted. */
  void done() {
    deleteQuietly(file);
  }

  /** The session may be there, and nobody will use it. */
  void abandon() {
    write(NOBODY);
  }

  private void write(String process) {
    ObjectNode json = ApplianceHttp.JSON.createObjectNode();
    json.put(FINGERPRINT, keyFingerprint);
    json.put(PROCESS, process);
    SecretFiles.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Deletes from the appliance what the notes of ended processes name. */
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
      return found; // a note that cannot be read now is read the next time
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

  /** Number and start of a process, since numbers are used again. */
  private static String process(ProcessHandle handle) {
    Optional<String> started =
        handle.info().startInstant().map(instant -> String.valueOf(instant.toEpochMilli()));
    return handle.pid() + "@" + started.orElse("");
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It is read again the next time, and names a session that is not there: no harm.
    }
  }
}
