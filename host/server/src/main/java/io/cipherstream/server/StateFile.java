package io.cipherstream.server;

import io.cipherstream.files.FileReplacer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The state that other programs need to find and stop the appliance: {@code
 * <dataDirectory>/server.json}.
 */
final class StateFile {

  static final String NAME = "server.json";

  private final Path file;
  private final JsonObject state;

  /**
   * @param adminPort port of the administration; -1 if there is none
   */
  StateFile(Path dataDirectory, String url, @Nullable String certificateSha256, int adminPort) {
    this.file = dataDirectory.toAbsolutePath().normalize().resolve(NAME);
    this.state =
        new JsonObject()
            .put("event", "listening")
            .put("url", url)
            .put("pid", ProcessHandle.current().pid())
            .put("certificateSha256", certificateSha256)
            .put("stateFile", file.toString());
    if (adminPort >= 0) {
      state.put("adminUrl", "http://127.0.0.1:" + adminPort);
    }
  }

  /** Writes the file and returns the same as one line. */
  synchronized String event(String event) throws IOException {
    state.put("event", event);
    FileReplacer.SECRET.replace(file, state.toBuffer().getBytes());
    return state.encode();
  }

  /** Writes the file again with another certificate. */
  synchronized void certificate(@Nullable String certificateSha256) throws IOException {
    state.put("certificateSha256", certificateSha256);
    FileReplacer.SECRET.replace(file, state.toBuffer().getBytes());
  }

  synchronized void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
