package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.client.CipherstreamClient;
import io.cipherstream.trace.OtlpReceiver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Client libraries of other people, unmodified, get through the gateway what the models give: a
 * real appliance computes it under encryption.
 */
@Tag("native")
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GatewayClientsIT {

  /** The bound; measured is 1 − 3e-6. */
  private static final double COSINE_MIN = 0.9999;

  private static final double LOGIT_DIFFERENCE_MAX = 1e-2;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Under which the last key is kept. */
  private static final String PASSPHRASE = "violet ladder seventeen";

  /** In every text that is asked, and nowhere else. */
  private static final String MARKER = "zqxjkv";

  private static final List<String> TEXTS =
      List.of("A quiet " + MARKER + " evening.", "The pump failed, " + MARKER + "!");

  /** The Java client's answers by their texts. */
  private static final Map<String, JsonNode> CLASSIFIED = new HashMap<>();

  @TempDir private static Path home;

  private static OtlpReceiver receiver;
  private static GatewayTraces traces;
  private static ReferenceEmbeddings reference;
  private static Programs programs;
  private static Programs.Served served;
  private static GatewayProcess gateway;
  private static PrometheusProcess prometheus;

  @BeforeAll
  static void start() throws Exception {
    receiver = new OtlpReceiver();
    traces = new GatewayTraces(receiver);
    programs = new Programs(home).inOneProcess();
    reference = new ReferenceEmbeddings();
    Path models = home.resolve("models");
    Programs.Finished imported =
        programs.run(
            "model",
            "import",
            reference.artifact().toString(),
            "--pooling",
            "mean",
            "--name",
            "minilm");
    assertThat(imported.exitCode()).as(imported.err()).isEqualTo(ExitCodes.OK);
    new TaskModels(models).words();
    List<String> arguments = new ArrayList<>();
    for (Path folder : List.of(models, programs.root().resolve("deploy/models"))) {
      arguments.addAll(List.of("--models", folder.toString()));
    }
    for (String model : List.of("minilm", "sst2-sealed", "words")) {
      arguments.addAll(List.of("--model", model));
    }
    arguments.addAll(List.of("--otlp-endpoint", receiver.url().toString()));
    arguments.addAll(List.of("--set", "compute.warmUp=false", "--set", "compute.answerNoise=0"));
    served = programs.serve(arguments.toArray(String[]::new));
    gateway =
        new GatewayProcess(
            programs,
            home,
            "--url",
            served.state().url().toString(),
            "--otlp-endpoint",
            receiver.url().toString(),
            "--model",
            "minilm",
            "--model",
            "sst2-sealed",
            "--model",
            "words");
    Path data = home.resolve("server");
    prometheus =
        new PrometheusProcess(
            home,
            programs.root(),
            served.state().url(),
            data.resolve("api-key"),
            data.resolve("tls/certificate.pem"),
            URI.create(gateway.url()),
            home.resolve("gateway.token"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (prometheus != null) {
      prometheus.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    if (served != null) {
      served.close();
    }
    if (reference != null) {
      reference.close();
    }
    receiver.close();
    programs.close();
  }

  @Test
  @Order(1)
  void theClientOfOpenAiGetsTheEmbeddingsOfOnnxRuntime() throws Exception {
    JsonNode got =
        gateway.python("openai_client.py", "minilm", "sst2-sealed", TEXTS.get(0), TEXTS.get(1));
    assertThat(got.path("indices").toString()).isEqualTo("[0,1]");
    for (int i = 0; i < TEXTS.size(); i++) {
      double cosine = cosine(got.path("embeddings").get(i), reference.of(TEXTS.get(i)));
      System.out.printf("openai, text %d: 1 - cosine %.3g%n", i, 1 - cosine);
      assertThat(cosine).isGreaterThanOrEqualTo(COSINE_MIN);
    }
    int tokens = TEXTS.stream().mapToInt(reference::tokens).sum();
    assertThat(got.path("tokens").asInt()).isEqualTo(tokens);
    assertThat(got.path("total").asInt()).isEqualTo(tokens);
    assertThat(got.path("model").asText()).isEqualTo("minilm");
    assertThat(got.path("shortened")).hasSize(64);
    assertThat(got.path("models"))
        .extracting(JsonNode::asText)
        .containsExactly("minilm", "sst2-sealed", "words");
    assertThat(got.path("owner").asText()).isEqualTo("cipherstream");
    refused(got, "model", "NotFoundError", 404, "model_not_found");
    refused(got, "tokens", "BadRequestError", 400, "invalid");
    refused(got, "empty", "BadRequestError", 400, "input");
    refused(got, "long", "BadRequestError", 400, "input");
    refused(got, "label", "BadRequestError", 400, "wrong_model");
    refused(got, "token", "AuthenticationError", 401, "invalid_api_key");
    assertThat(got.path("refusals").path("tokens").path("param").asText()).isEqualTo("input");
  }

  private static void refused(JsonNode got, String name, String type, int status, String code) {
    JsonNode refusal = got.path("refusals").path(name);
    assertThat(refusal.path("class").asText()).as(name).isEqualTo(type);
    assertThat(refusal.path("status").asInt()).as(name).isEqualTo(status);
    assertThat(refusal.path("code").asText()).as(name).isEqualTo(code);
    assertThat(refusal.path("message").asText()).as(name).isNotEmpty();
  }

  @Test
  @Order(2)
  void tritonsClientGetsEveryKindOfAnswerOverHttp() throws Exception {
    JsonNode got =
        gateway.python(
            "triton_http.py", "minilm", "sst2-sealed", "words", TEXTS.get(0), TEXTS.get(1));
    described(got);
    answered(got);
    assertThat(got.path("refusals").path("model").asText()).contains("no model of that name");
    assertThat(got.path("refusals").path("token").asText()).contains("no token came");
    assertThat(got.path("refusals").path("name").asText()).contains("expected 'text'");
    assertThat(got.path("refusals").path("datatype").asText()).contains("BYTES");
  }

  @Test
  @Order(3)
  void tritonsClientGetsTheSameOverGrpc() throws Exception {
    JsonNode got =
        gateway.python(
            "triton_grpc.py", "minilm", "sst2-sealed", "words", TEXTS.get(0), TEXTS.get(1));
    described(got);
    answered(got);
    refusedByGrpc(got, "model", "NOT_FOUND", "no model of that name");
    refusedByGrpc(got, "token", "UNAUTHENTICATED", "no token came");
    refusedByGrpc(got, "empty", "INVALID_ARGUMENT", "word pieces");
    refusedByGrpc(got, "large", "INVALID_ARGUMENT", "40000 characters");
    refusedByGrpc(got, "output", "INVALID_ARGUMENT", "its outputs are [embedding]");
    refusedByGrpc(got, "tokens", "INVALID_ARGUMENT", "texts go in as BYTES");
    refusedByGrpc(got, "many", "INVALID_ARGUMENT", "1 to 64");
    refusedByGrpc(got, "compressed", "UNIMPLEMENTED", "compressed");
    refusedByGrpc(got, "garbage", "INVALID_ARGUMENT", "expected one ModelInferRequest");
    refusedByGrpc(got, "nothing", "INVALID_ARGUMENT", "expected one ModelInferRequest");
  }

  @Test
  @Order(4)
  void kservesClientGetsTheLabelOverBoth() throws Exception {
    JsonNode got = gateway.python("kserve_client.py", "sst2-sealed", TEXTS.get(1));
    for (String state : List.of("live", "ready", "modelReady")) {
      assertThat(got.path(state).asBoolean()).as(state).isTrue();
    }
    JsonNode own = classified(TEXTS.get(1)).path("label");
    assertThat(got.path("rest")).isEqualTo(own);
    assertThat(got.path("grpc")).isEqualTo(own);
  }

  private static void refusedByGrpc(JsonNode got, String name, String status, String message) {
    JsonNode refusal = got.path("refusals").path(name);
    assertThat(refusal.path("status").asText()).as(name).isEqualTo("StatusCode." + status);
    assertThat(refusal.path("message").asText()).as(name).contains(message);
  }

  /** What Triton's clients are told beside the answers. */
  private static void described(JsonNode got) {
    assertThat(got.path("live").asBoolean()).isTrue();
    assertThat(got.path("ready").asBoolean()).isTrue();
    assertThat(got.path("modelReady").asBoolean()).isTrue();
    assertThat(got.path("server").path("name").asText()).isEqualTo("cipherstream-gateway");
    assertThat(got.path("metadata").path("platform").asText()).isEqualTo("cipherstream");
    assertThat(got.path("id").asText()).isEqualTo("r1");
    assertThat(got.path("probabilitiesAsked").asBoolean()).isFalse();
  }

  /** Embeddings as ONNX Runtime's, labels and logits as the Java client's, a label a word. */
  private static void answered(JsonNode got) throws Exception {
    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(cosine(got.path("embedding").get(i), reference.of(TEXTS.get(i))))
          .isGreaterThanOrEqualTo(COSINE_MIN);
      JsonNode own = classified(TEXTS.get(i));
      assertThat(got.path("label").get(i).asText()).isEqualTo(own.path("label").asText());
      for (int j = 0; j < 2; j++) {
        assertThat(got.path("logits").get(i).get(j).asDouble())
            .isCloseTo(own.path("logits").get(j).asDouble(), within(LOGIT_DIFFERENCE_MAX));
      }
    }
    assertThat(got.path("words"))
        .extracting(JsonNode::asText)
        .containsExactly("someone", "lives", "in", "new", "york");
    assertThat(got.path("wordLabels"))
        .hasSize(5)
        .extracting(JsonNode::asText)
        .allMatch(TaskModels.TAGS::contains);
  }

  /** The Java client's answer, which is asked for once. */
  private static JsonNode classified(String text) throws Exception {
    JsonNode known = CLASSIFIED.get(text);
    if (known != null) {
      return known;
    }
    Programs.Finished done =
        programs.run(
            "classify",
            "--json",
            "--model",
            "sst2-sealed",
            "--url",
            served.state().url().toString(),
            "--otlp-endpoint",
            receiver.url().toString(),
            "--text",
            text);
    assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCodes.OK);
    JsonNode answer = done.json().get(0);
    CLASSIFIED.put(text, answer);
    return answer;
  }

  /** The page asks, shows what left, loads nothing from elsewhere, and asks for the token. */
  @Test
  @Order(4)
  void thePageShowsTheLabelAndWhatLeft() throws Exception {
    try (HeadlessChromium browser = new HeadlessChromium()) {
      browser.open(gateway.url() + "/");
      browser.await("return !document.getElementById('locked').hidden", PATIENCE);
      browser.type("#token", GatewayProcess.TOKEN + "\t");
      browser.await("return document.querySelectorAll('#model option').length === 3", PATIENCE);
      browser.run("document.getElementById('model').value = 'sst2-sealed'");
      browser.type("#text", TEXTS.get(0));
      browser.click("#ask");
      browser.await("return !document.getElementById('result').hidden", PATIENCE);
      Path folder = programs.root().resolve("host/acceptance/target");
      Files.createDirectories(folder);
      browser.screenshot(folder.resolve("gateway-page.png"));
      JsonNode own = classified(TEXTS.get(0));
      assertThat(browser.run("return document.getElementById('answer').textContent").asText())
          .isEqualTo(own.path("label").asText());
      assertThat(browser.run("return document.getElementById('left').innerText").asText())
          .containsPattern("[0-9.]+ kB in [0-9]+ ciphertexts")
          .contains("sealed, 0 rounds");
      assertThat(
              browser
                  .run("return document.querySelectorAll('#picture svg line.work').length")
                  .asInt())
          .isEqualTo(1);
      List<String> requested = browser.requested();
      assertThat(requested).contains(gateway.url() + "/page/ask");
      assertThat(requested).allMatch(url -> url.startsWith(gateway.url() + "/"));
      assertThat(requested).noneMatch(url -> url.contains(MARKER));
      assertThat(browser.complaints()).noneMatch(line -> line.contains("Content Security Policy"));
      browser.run(
          "const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
              + " document.body.append(s)");
      assertThat(browser.run("return window.bad === undefined").asBoolean()).isTrue();
      assertThat(browser.complaints()).anyMatch(line -> line.contains("Content Security Policy"));
    }
  }

  /**
   * A key that is too old is replaced when a gateway starts, by one under the gateway's passphrase,
   * and the answers are the same.
   */
  @Test
  @Order(5)
  void anOldKeyIsReplaced() throws Exception {
    JsonNode label = classified(TEXTS.get(0)).path("label");
    List<Path> before = keys(".key");
    assertThat(before).isNotEmpty();
    for (Path key : before) {
      Files.setLastModifiedTime(key, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
    }
    Path passphrase = Files.writeString(home.resolve("passphrase"), PASSPHRASE + "\n");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    programs.withLargeKeys(); // the function that makes a key of a passphrase is SHA-256
    String url = served.state().url().toString();
    try (GatewayProcess again =
        new GatewayProcess(
            programs,
            home,
            "--url",
            url,
            "--model",
            "sst2-sealed",
            "--key-days",
            "2",
            "--lanes",
            "1",
            "--key-passphrase-file",
            passphrase.toString(),
            "--otlp-endpoint",
            receiver.url().toString())) {
      assertThat(again.log()).contains("\"event\":\"keys-ended\"");
      assertThat(keys(".key")).isEmpty();
      assertThat(keys(".p12")).hasSize(1);
      HttpResponse<String> answered =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(again.url() + "/predict"))
                      .header("Authorization", "Bearer " + GatewayProcess.TOKEN)
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              Json.object().put("inputs", TEXTS.get(0)).toString()))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
      assertThat(Json.MAPPER.readTree(answered.body()).get(0).path("label")).isEqualTo(label);
      Files.delete(passphrase);
      // What a crash leaves is searched for texts with all other files.
      assertThat(again.crash())
          .content(StandardCharsets.ISO_8859_1)
          .contains("SIGSEGV")
          .containsPattern("CreateCoredumpOnCrash (turned off|is disabled)");
    }
  }

  /**
   * One trace a request: the spans of gateway, client, appliance and engine, each in its parent.
   */
  @Test
  @Order(6)
  void oneTraceJoinsGatewayClientApplianceAndEngine() throws Exception {
    traces.oneTraceJoinsGatewayClientApplianceAndEngine(gateway.log());
  }

  /** The same over a session's connection, which many inferences share, with a span a round. */
  @Test
  @Order(7)
  void aTraceHasTheRoundsOfAnInference() throws Exception {
    traces.aTraceHasTheRoundsOfAnInference();
  }

  private static List<Path> keys(String ending) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("client/keys"))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Dashboard and alerts name what this appliance and this gateway export, after all of that. */
  @Test
  @Order(8)
  void everythingThatIsWatchedIsExported() throws Exception {
    prometheus.awaitTargets();
    WatchedMetrics watched = new WatchedMetrics(prometheus);
    watched.everyPanelHasData(programs.root().resolve("deploy/grafana/cipherstream.json"));
    watched.everyRuleHasItsMetrics();
    prometheus.close();
  }

  /** No word of a text in any log, crash report or other file, nor in metrics and traces. */
  @Test
  @Order(9)
  void noTextIsInAnyLogMetricTraceOrFile() throws Exception {
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/metrics"))
                    .header("Authorization", "Bearer " + GatewayProcess.TOKEN)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(metrics.body())
        .contains("gateway_tokens_total{model=\"minilm\"}", "gateway_appliance_healthy")
        .doesNotContain(MARKER);
    try (CipherstreamClient client = CipherstreamClient.connect(programs.client(served, "other"))) {
      assertThat(client.metrics()).contains("he_").doesNotContain(MARKER);
    }
    assertThat(gateway.log()).contains("\"door\":\"openai\"", "\"outcome\":\"ok\"");
    gateway.close();
    assertThat(gateway.process().exitValue()).isZero();
    assertThat(gateway.log()).contains("\"event\":\"stopped\"");
    served.close();
    assertThat(receiver.spans())
        .extracting(OtlpReceiver.Received::service)
        .contains("cipherstream-gateway", "cipherstream-client", "cipherstream-appliance");
    Path data = home.resolve("server");
    assertThat(receiver.raw())
        .doesNotContain(MARKER, GatewayProcess.TOKEN, PASSPHRASE, "negative", "positive")
        .doesNotContain(Files.readString(data.resolve("api-key")).strip());
    assertThat(home.resolve("server.log")).isNotEmptyFile();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().matches("(python|out).*")) {
          assertThat(contains(file)).as("%s", file).isFalse();
        }
      }
    }
  }

  private static boolean contains(Path file) throws IOException {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    return content.contains(MARKER) || content.contains(PASSPHRASE);
  }

  private static double cosine(JsonNode got, double[] expected) {
    assertThat(got).hasSize(expected.length);
    double product = 0;
    double squares = 0;
    for (int j = 0; j < expected.length; j++) {
      product += got.get(j).asDouble() * expected[j];
      squares += got.get(j).asDouble() * got.get(j).asDouble();
    }
    return product / Math.sqrt(squares);
  }
}
