package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.cli.appliance.ApplianceState;
import io.cipherstream.cli.base.ExitCodes;
import io.cipherstream.cli.base.Json;
import io.cipherstream.model.BertTokenizer;
import io.cipherstream.model.ClientPackage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * The client in JavaScript, in Node.js and as the page {@code /try} in Chromium, gets the answers
 * of the Java client, and no text crosses the network.
 */
@Tag("native")
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserClientIT {

  private static final double LOGIT_DIFFERENCE_MAX = 1e-2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long MINUTES_MAX = 5;

  /** In every text that the browser is given, and nowhere else. */
  private static final String MARKER = "zqxjkv";

  private static final String MARKED = "A quiet, funny " + MARKER + " of a film.";

  /** The second takes two chunks. */
  private static final List<String> SENTENCES =
      List.of(
          MARKED,
          "The music is loud, the lights are bright, the cars are fast, and when the credits rolled"
              + " i could not have told you the name of a single person in it or what any of them"
              + " had wanted");

  private static final List<String> HOSTILE =
      List.of(
          "",
          " \t\r\n\u00a0\u3000",
          "What a delightful surprise!",
          "\u0130stanbul \u0391\u03a3\u03a3 \u00df \u0149 \u01c5 \ufb01 \u212b \u1e9e",
          "na\u00efve cafe\u0301\u0323 Z\u0351\u036b\u0343\u036a\u0302",
          "\u65e5\u672c\u8a9e\u306e kanji\u6f22\u5b57x \ud55c\uad6d\uc5b4 \ud840\udc00\ud840\udc01",
          "[SEP] [CLS][MASK] x[UNK]y [sep] [PAD] [[SEP]]",
          "don't\u2014stop\u2026 \u201cquotes\u201d \u2039x\u203a $5+3=8 ^_^ ~`|<> _a_ ##ing ##",
          "a\u200bb\u200dc\u00adsoft\ufeffbom\u202ebidi\u0000nul\u001besc\u007fdel\ufffdrep",
          "vt\u000bff\u000cnel\u0085ls\u2028ps\u2029nb\u00a0x",
          "\ud83d\udc4d\ud83c\udffd \ud83d\udc69\u200d\ud83d\udc67 \ud83c\udde9\ud83c\uddea \u00a9\u00ae\u2122\u20ac",
          "x".repeat(100) + " " + "y".repeat(101) + " " + "\u00e9".repeat(100),
          "supercalifragilisticexpialidocious antidisestablishmentarianism",
          "\u0645\u0631\u062d\u0628\u0627 \u0939\u093f\u0928\u094d\u0926\u0940 \u0e44\u0e17\u0e22 \u00bd \u2167 \u0661\u0662",
          "\ue000private \udbff\udffdplane");

  @TempDir private static Path home;

  private static Programs programs;
  private static Path client;
  private static Programs.Served served;
  private static String apiKey;
  private static List<JsonNode> own;

  @BeforeAll
  static void start() throws Exception {
    programs = new Programs(home);
    client = programs.root().resolve("target/setup/page");
    assumeTrue(
        Files.exists(client.resolve("dist/worker.js")),
        "no page /try: './cipherstream test' makes it with npm");
    served =
        programs.serve(
            "--models",
            programs.root().resolve("deploy/models").toString(),
            "--model",
            "sst2-sealed",
            "--plain-http",
            "--set",
            "tryPage=true",
            "--set",
            "compute.warmUp=false",
            "--set",
            "compute.answerNoise=0");
    apiKey = ApplianceState.apiKey(home.resolve("server")).orElseThrow();
    List<String> arguments = new ArrayList<>(List.of("classify", "--json"));
    arguments.addAll(List.of("--model", "sst2-sealed", "--url", url().toString()));
    SENTENCES.forEach(sentence -> arguments.addAll(List.of("--text", sentence)));
    Programs.Finished done = programs.run(arguments.toArray(String[]::new));
    assertThat(done.exitCode()).as(done.err()).isEqualTo(ExitCodes.OK);
    own = done.json();
  }

  @AfterAll
  static void stop() {
    if (served != null) {
      served.close();
    }
  }

  private static URI url() {
    return served.state().url();
  }

  @Test
  @Order(1)
  void itsOwnTestsPass() throws Exception {
    List<String> command = new ArrayList<>(List.of("--test"));
    try (Stream<Path> files = Files.list(client.resolve("test"))) {
      files.map(Path::toString).filter(f -> f.endsWith(".test.js")).sorted().forEach(command::add);
    }
    assertThat(command).hasSizeGreaterThan(3);
    Output output = node(command, "");
    assertThat(output.status()).as(output.text()).isZero();
  }

  @Test
  @Order(2)
  void itsTokensAreTheJavaClients() throws Exception {
    Path folder = programs.root().resolve("deploy/models/sst2-sealed");
    BertTokenizer tokenizer = ClientPackage.open(folder).tokenizer();
    String file = folder.resolve("client/tokenizer.json").toString();
    Output output =
        node(
            List.of(client.resolve("test/tokens.js").toString(), file),
            Json.MAPPER.writeValueAsString(HOSTILE));
    assertThat(output.status()).as(output.text()).isZero();
    List<List<Integer>> ids = Json.MAPPER.readValue(output.text(), new TypeReference<>() {});
    assertThat(ids).hasSameSizeAs(HOSTILE);
    for (int i = 0; i < HOSTILE.size(); i++) {
      int[] pieces = tokenizer.pieces(HOSTILE.get(i));
      assertThat(ids.get(i)).as("text %d", i).isEqualTo(Arrays.stream(pieces).boxed().toList());
    }
  }

  @Test
  @Order(3)
  void inNodeItAnswersAsTheJavaClientDoes() throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(client.resolve("bin/classify.js").toString(), "--url", url().toString()));
    SENTENCES.forEach(sentence -> command.addAll(List.of("--text", sentence)));
    Output output = node(command, "");
    assertThat(output.status()).as(output.text()).isZero();
    List<String> lines = output.text().lines().toList();
    assertThat(lines).hasSameSizeAs(SENTENCES);
    for (int i = 0; i < SENTENCES.size(); i++) {
      JsonNode given = Json.MAPPER.readTree(lines.get(i));
      assertThat(given.path("tokens").size()).isEqualTo(own.get(i).path("tokens").asInt());
      assertThat(given.path("label")).isEqualTo(own.get(i).path("label"));
      sameLogits(given.path("logits"), own.get(i).path("logits"));
    }
    assertThat(get("/v2/sessions").path("sessions"))
        .hasSize(1); // the Java client's: this one deletes its own
  }

  private static void sameLogits(JsonNode logits, JsonNode expected) {
    System.out.printf("logits %s, Java %s%n", logits, expected);
    assertThat(logits).hasSize(2);
    for (int j = 0; j < 2; j++) {
      assertThat(logits.get(j).asDouble())
          .isCloseTo(expected.get(j).asDouble(), within(LOGIT_DIFFERENCE_MAX));
    }
  }

  @Test
  @Order(4)
  void inABrowserItAnswersAndNoTextLeaves() throws Exception {
    try (Eavesdropper wire = new Eavesdropper(url());
        HeadlessChromium browser = new HeadlessChromium()) {
      browser.open(wire.url() + "/try");
      browser.await("return document.getElementById('ask') !== null", PATIENCE);
      refusals(browser);
      browser.run("document.getElementById('text').value = ''");
      browser.type("#text", MARKED);
      browser.click("#ask");
      reloadAmidKeys(browser);
      answered(browser);
      Path folder = programs.root().resolve("host/acceptance/target");
      Files.createDirectories(folder);
      browser.screenshot(folder.resolve("try-page.png"));
      assertThat(text(browser, "left")).contains("at most 29 tokens", "it was not sent");
      assertThat(text(browser, "picture")).containsPattern("3 ciphertexts: 44[0-9.]+ kB");
      lostSession(browser);
      forgotten(browser);
      List<String> requested = browser.requested();
      assertThat(requested).contains(wire.url() + "/try/worker.js");
      assertThat(requested).allMatch(each -> each.startsWith(wire.url() + "/"));
      assertThat(browser.complaints()).noneMatch(line -> line.contains("Content Security Policy"));
      assertNoTextIn(wire.heard());
    }
  }

  /** Each in words, before any key is made. */
  private static void refusals(HeadlessChromium browser) throws Exception {
    browser.click("#ask");
    said(browser, "only with an access key");
    browser.type("#key", "wrong-" + MARKER.length());
    browser.click("#ask");
    said(browser, "no sentence yet");
    browser.type("#text", MARKED);
    browser.click("#ask");
    said(browser, "does not know this access key");
    browser.run(
        "document.getElementById('key').value = '"
            + apiKey
            + "'; document.getElementById('text').value = '"
            + MARKER
            + " '.repeat(70)");
    browser.click("#ask");
    said(browser, "the model takes at most");
    assertThat(get("/v2/sessions").path("sessions")).hasSize(1);
  }

  private static void said(HeadlessChromium browser, String words) throws Exception {
    browser.await(
        "return document.getElementById('state').className === 'wrong'"
            + " && document.getElementById('state').textContent.includes('"
            + words
            + "')",
        PATIENCE);
  }

  private static void reloadAmidKeys(HeadlessChromium browser) throws Exception {
    browser.await(
        "return /[1-9] sent/.test(document.getElementById('step-keys').textContent)", PATIENCE);
    browser.run("location.reload()");
    browser.await("return document.getElementById('key')?.value === ''", PATIENCE);
    JsonNode begun = get("/v2/sessions").path("sessions");
    assertThat(begun).anyMatch(session -> !session.path("ready").asBoolean());
    browser.type("#key", apiKey);
    browser.type("#text", MARKED);
    browser.click("#ask");
    browser.await(
        "return /[1-9] were there/.test(document.getElementById('step-keys').textContent)",
        PATIENCE);
    assertThat(get("/v2/sessions").path("sessions")).hasSize(2);
  }

  private static void answered(HeadlessChromium browser) throws Exception {
    browser.await("return !document.getElementById('result').hidden", PATIENCE);
    assertThat(text(browser, "answer")).isEqualToIgnoringCase(own.get(0).path("label").asText());
    String logits = browser.run("return document.getElementById('result').dataset.logits").asText();
    sameLogits(Json.MAPPER.readTree(logits), own.get(0).path("logits"));
  }

  /** A session that the appliance has lost is made again, and the visitor is told. */
  private static void lostSession(HeadlessChromium browser) throws Exception {
    for (JsonNode session : get("/v2/sessions").path("sessions")) {
      send("DELETE", "/v2/sessions/" + session.path("session").asText());
    }
    browser.click("#ask");
    browser.await(
        "return document.getElementById('state').textContent.includes('no longer has')", PATIENCE);
    answered(browser);
    assertThat(get("/v2/sessions").path("sessions")).hasSize(1);
  }

  private static void forgotten(HeadlessChromium browser) throws Exception {
    browser.click("#forget");
    browser.await(
        "return document.getElementById('state').textContent.includes('is gone')", PATIENCE);
    assertThat(get("/v2/sessions").path("sessions")).isEmpty();
  }

  private static String text(HeadlessChromium browser, String id) throws Exception {
    return browser.run("return document.getElementById('" + id + "').textContent").asText();
  }

  private static void assertNoTextIn(byte[] heard) {
    String sent = new String(heard, StandardCharsets.ISO_8859_1);
    assertThat(sent.length()).isGreaterThan(24_000_000);
    assertThat(sent.contains("GET /try/seal.wasm ")).isTrue();
    assertThat(sent.contains("POST /v2/models/sst2-sealed/infer ")).isTrue();
    String wide =
        new String(MARKER.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
    assertThat(sent.contains(MARKER)).isFalse();
    assertThat(sent.contains(wide)).isFalse();
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    return Json.MAPPER.readTree(send("GET", path));
  }

  private static String send(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + apiKey)
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private record Output(int status, String text) {}

  private static Output node(List<String> arguments, String input)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(arguments);
    Path file = Files.createTempFile(home, "node", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(file.toFile()).environment().put("CIPHERSTREAM_API_KEY", apiKey);
    Process process = builder.start();
    try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
      writer.write(input);
    }
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + MINUTES_MAX + " minutes: " + command);
    }
    return new Output(process.exitValue(), Files.readString(file));
  }
}
