package io.cipherstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.cli.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's Chromium without a window, driven by the W3C's WebDriver protocol. */
final class HeadlessChromium implements AutoCloseable {

  private static final Pattern PORT = Pattern.compile("successfully on port (\\d+)");
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final long POLL_MILLIS = 100;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final BufferedReader output;
  private final String session;

  HeadlessChromium() throws IOException, InterruptedException {
    try {
      driver = new ProcessBuilder("chromedriver", "--port=0").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError("no chromedriver: './cipherstream test' installs it", e);
    }
    output = driver.inputReader();
    Matcher port = PORT.matcher("");
    while (!port.find()) {
      String line = output.readLine();
      if (line == null) {
        throw new AssertionError("chromedriver ended before it listened");
      }
      port = PORT.matcher(line);
    }
    String root = "http://127.0.0.1:" + port.group(1);
    ObjectNode request = Json.object();
    ObjectNode always = request.putObject("capabilities").putObject("alwaysMatch");
    always
        .putObject("goog:chromeOptions")
        .putArray("args")
        .add("--headless=new")
        .add("--no-sandbox")
        .add("--disable-gpu")
        .add("--disable-dev-shm-usage")
        .add("--window-size=900,1500");
    always.putObject("goog:loggingPrefs").put("performance", "ALL").put("browser", "ALL");
    session = root + "/session/" + call(root + "/session", request).path("sessionId").asText();
  }

  void open(String url) throws IOException, InterruptedException {
    call(session + "/url", Json.object().put("url", url));
  }

  void type(String selector, String text) throws IOException, InterruptedException {
    call(element(selector) + "/value", Json.object().put("text", text));
  }

  void click(String selector) throws IOException, InterruptedException {
    call(element(selector) + "/click", Json.object());
  }

  /** The value of a script. */
  JsonNode run(String script) throws IOException, InterruptedException {
    ObjectNode request = Json.object().put("script", script);
    request.putArray("args");
    return call(session + "/execute/sync", request);
  }

  /** Waits until a script gives true. */
  void await(String script, Duration most) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
    while (!run(script).asBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(script + " is not true: " + run("return document.body.innerText"));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Addresses of everything that was requested since the last call. */
  List<String> requested() throws IOException, InterruptedException {
    List<String> urls = new ArrayList<>();
    for (JsonNode entry : log("performance")) {
      JsonNode message = Json.MAPPER.readTree(entry.path("message").asText()).path("message");
      if (message.path("method").asText().equals("Network.requestWillBeSent")) {
        urls.add(message.path("params").path("request").path("url").asText());
      }
    }
    return urls;
  }

  /** Complaints of the browser, such as of its policy. */
  List<String> complaints() throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    log("browser").forEach(entry -> all.add(entry.path("message").asText()));
    return all;
  }

  void screenshot(Path file) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(session + "/screenshot")).build(),
            HttpResponse.BodyHandlers.ofString());
    String png = Json.MAPPER.readTree(response.body()).path("value").asText();
    Files.write(file, Base64.getDecoder().decode(png));
  }

  private JsonNode log(String type) throws IOException, InterruptedException {
    return call(session + "/se/log", Json.object().put("type", type));
  }

  private String element(String selector) throws IOException, InterruptedException {
    ObjectNode request = Json.object().put("using", "css selector").put("value", selector);
    String id = call(session + "/element", request).path(ELEMENT).asText();
    return session + "/element/" + id;
  }

  private JsonNode call(String url, ObjectNode body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError(url + ": " + response.body());
    }
    return Json.MAPPER.readTree(response.body()).path("value");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(URI.create(session)).DELETE().build(),
        HttpResponse.BodyHandlers.discarding());
    driver.destroy();
    if (!driver.waitFor(10, TimeUnit.SECONDS)) {
      driver.destroyForcibly();
    }
    output.close();
  }
}
