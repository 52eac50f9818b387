package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's Prometheus with the tree's configuration and rules, watching this appliance and gateway.
 */
final class PrometheusProcess implements AutoCloseable {

  private static final Pattern PORT =
      Pattern.compile("Listening on\" address=127\\.0\\.0\\.1:(\\d+)");
  private static final long SECONDS_MAX = 60;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final String url;

  /**
   * @param key file with an operator's API key
   * @param certificate the appliance's
   * @param token file with the gateway's token
   */
  PrometheusProcess(
      Path home, Path root, URI appliance, Path key, Path certificate, URI gateway, Path token)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(home.resolve("prometheus"));
    Path alerts = root.resolve("deploy/alerts");
    Files.copy(alerts.resolve("cipherstream.yaml"), folder.resolve("cipherstream.yaml"));
    String configuration =
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            + Files.readString(alerts.resolve("prometheus.yaml"))
                .replace("/etc/prometheus/cipherstream-api-key", key.toString())
                .replace("/etc/prometheus/cipherstream-certificate.pem", certificate.toString())
                .replace("/etc/prometheus/cipherstream-gateway-token", token.toString())
                .replace("127.0.0.1:8443", appliance.getAuthority())
                .replace("127.0.0.1:8080", gateway.getAuthority());
    Path file = Files.writeString(folder.resolve("prometheus.yaml"), configuration);
    log = folder.resolve("log");
    try {
      process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + file,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:0")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new AssertionError("no prometheus: './cipherstream test' installs it", e);
    }
    url = "http://127.0.0.1:" + port();
  }

  private String port() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (true) {
      Matcher port = PORT.matcher(Files.readString(log));
      if (port.find()) {
        return port.group(1);
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("no prometheus: " + Files.readString(log));
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
  }

  /** The series of an expression, each with {@code metric} and {@code value}. */
  JsonNode query(String expression) throws IOException, InterruptedException {
    return get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .path("result");
  }

  /** Every rule with its {@code health} and {@code state}. */
  JsonNode rules() throws IOException, InterruptedException {
    return get("rules").path("groups");
  }

  /** Waits until Prometheus has read both targets. */
  void awaitTargets() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (query("up == 1").size() < 2) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not read: " + get("targets"));
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1/" + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode body = Json.MAPPER.readTree(answer.body());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + body);
    }
    return body.path("data");
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }
}
