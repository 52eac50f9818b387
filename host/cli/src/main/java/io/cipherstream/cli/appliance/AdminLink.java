package io.cipherstream.cli.appliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.CliException;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The administration of an appliance on this machine, found through its data folder. */
final class AdminLink {

  private static final String TOKEN_FILE = "admin-token";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final String url;
  private final String token;

  /**
   * @throws CliException if no appliance runs with that folder, it has no administration, or its
   *     token cannot be read
   */
  AdminLink(Path dataFolder) {
    Path state = dataFolder.resolve(ApplianceState.FILE_NAME);
    try {
      if (!Files.exists(state)) {
        throw new CliException(
            ExitCodes.SERVER, "no appliance runs with the data folder " + dataFolder);
      }
      String text = Files.readString(state, StandardCharsets.UTF_8);
      url = Json.MAPPER.readTree(text).path("adminUrl").asText("");
    } catch (IOException e) {
      throw new CliException(ExitCodes.FAILURE, state + " could not be read: " + e.getMessage(), e);
    }
    if (url.isEmpty()) {
      throw new CliException(
          ExitCodes.SERVER,
          "the appliance has no administration: set bind.adminPort, as to 8445, and restart it");
    }
    token = Secrets.line(dataFolder.resolve(TOKEN_FILE));
  }

  /** What a path answers; null members where it answers nothing. */
  JsonNode ask(String method, String path) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> answer =
          http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      JsonNode body = answer.body().isEmpty() ? Json.object() : Json.MAPPER.readTree(answer.body());
      if (answer.statusCode() >= 300) {
        throw new CliException(
            ExitCodes.SERVER, "the appliance refused: " + body.path("detail").asText());
      }
      return body;
    } catch (IOException e) {
      throw new CliException(ExitCodes.SERVER, url + " could not be asked: " + e.getMessage(), e);
    }
  }
}
