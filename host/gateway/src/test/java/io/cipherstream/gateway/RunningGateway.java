package io.cipherstream.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.gateway.serving.ModelDirectory;
import io.cipherstream.gateway.watch.GatewayLog;
import io.cipherstream.gateway.watch.GatewayMetrics;
import io.cipherstream.model.RandomTasks;
import io.cipherstream.trace.Traces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.DoublePredicate;

/** A gateway on a free port with a plaintext model of each kind, and a client for it. */
public final class RunningGateway implements AutoCloseable {

  public final PlaintextModel embedding;
  public final PlaintextModel classes;
  public final PlaintextModel labels;
  public final PlaintextModel value;
  public final PlaintextModel words;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final GatewayMetrics metrics = new GatewayMetrics();
  private final Gateway gateway;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public RunningGateway() {
    this(Optional.empty(), GatewayLimits.DEFAULTS);
  }

  public RunningGateway(Optional<String> token, GatewayLimits limits) {
    RandomTasks tasks = new RandomTasks();
    embedding = new PlaintextModel("embedding", tasks.embedding());
    classes = new PlaintextModel("classes", tasks.classes(2));
    labels = new PlaintextModel("labels", tasks.labels());
    value = new PlaintextModel("value", tasks.value());
    words = new PlaintextModel("words", tasks.words());
    gateway =
        Gateway.start(
            new GatewayOptions("127.0.0.1", 0, OptionalInt.of(0), Optional.empty(), token, limits),
            new ModelDirectory(List.of(embedding, classes, labels, value, words)),
            new GatewayLog(new PrintStream(log, true, StandardCharsets.UTF_8)),
            metrics,
            Traces.off());
  }

  /** An answer with its body as text. */
  public record Answered(HttpResponse<byte[]> response) {

    public int status() {
      return response.statusCode();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public JsonNode json() throws IOException {
      return StrictJson.MAPPER.readTree(response.body());
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  public Gateway gateway() {
    return gateway;
  }

  public String url() {
    return gateway.url();
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(gateway.url() + path));
  }

  public Answered send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return new Answered(http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
  }

  public Answered get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  public Answered post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** All that was logged. */
  public String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  public String metrics() {
    return metrics.scrape();
  }

  /** Waits until so many connections are open. */
  void awaitConnections(DoublePredicate wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      double count =
          metrics()
              .lines()
              .filter(line -> line.startsWith("gateway_connections "))
              .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
              .findFirst()
              .orElseThrow();
      if (wanted.test(count)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new AssertionError("connections that should be there or not");
  }

  @Override
  public void close() {
    gateway.close();
    metrics.close();
    List.of(embedding, classes, labels, value, words).forEach(PlaintextModel::close);
  }
}
