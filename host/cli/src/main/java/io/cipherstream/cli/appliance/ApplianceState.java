package io.cipherstream.cli.appliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The state that a running appliance reports, on standard output and in {@code server.json} of its
 * data folder.
 *
 * @param url its address
 * @param pid its process
 * @param certificateSha256 fingerprint of its certificate; empty for plain HTTP
 * @param ready whether its models are warm
 */
public record ApplianceState(URI url, long pid, String certificateSha256, boolean ready) {

  static final String FILE_NAME = "server.json";

  /** Reads an event line; empty if the line is not an event. */
  public static Optional<ApplianceState> parse(String line) {
    try {
      JsonNode json = Json.MAPPER.readTree(line);
      String event = json.path("event").asText("");
      if (!json.hasNonNull("url") || !json.path("pid").canConvertToLong()) {
        return Optional.empty();
      }
      return Optional.of(
          new ApplianceState(
              URI.create(json.path("url").asText()),
              json.path("pid").asLong(),
              json.path("certificateSha256").asText(""),
              event.equals("ready")));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The state of the appliance with that data folder; empty if none runs. */
  public static Optional<ApplianceState> read(Path dataFolder) {
    Path file = dataFolder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8)).filter(ApplianceState::alive);
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, file + " could not be read: " + e.getMessage(), e);
    }
  }

  /** The API key stored beside the state, if the appliance generated one. */
  public static Optional<String> apiKey(Path dataFolder) {
    Path file = dataFolder.resolve("api-key");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(Secrets.line(file));
  }

  /** Whether that process still runs and is an appliance, since process numbers are reused. */
  boolean alive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .map(process -> process.info().commandLine().orElse(ServerProcess.MAIN_CLASS))
        .filter(command -> command.contains(ServerProcess.MAIN_CLASS))
        .isPresent();
  }
}
