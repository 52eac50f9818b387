package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators install: the packages are made, installed, started as a service, removed. */
@Tag("native")
@Tag("slow")
class InstalledServiceIT {

  private static final Path ROOT = Path.of(System.getProperty("cipherstream.root"));
  private static final String MARKER = "A quietly marvellous zzyzx of a film.";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern HEALTH = Pattern.compile("health at (http://[0-9.:]+)");

  @TempDir private static Path packages;

  @TempDir private Path folder;

  @BeforeAll
  static void make() throws Exception {
    Process made =
        new ProcessBuilder(ROOT.resolve("deploy/package/build.sh").toString(), packages.toString())
            .inheritIO()
            .start();
    assertThat(made.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(made.exitValue()).isZero();
  }

  @Test
  void aDebianPackageIsInstalledServesUnderItsUnitsRestrictionsAndIsPurged() throws Exception {
    String missing = InstalledService.missing();
    assumeTrue(missing.isEmpty(), missing);
    try (InstalledService service =
        new InstalledService(
            folder,
            made("cipherstream_*_amd64.deb"),
            "CIPHERSTREAM_BIND_PORT=0",
            "CIPHERSTREAM_BIND_HEALTHPORT=0",
            "CIPHERSTREAM_BIND_ADMINPORT=0",
            "JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1")) {
      assertThat(service.awaitTool("dpkg", "--install").path("status").asInt()).isZero();
      JsonNode verified = service.awaitTool("systemd-analyze", "verify");
      assertThat(verified.path("status").asInt()).as("%s", verified).isZero();
      assertThat(verified.path("err").asText()).isEmpty();
      JsonNode exposure = service.awaitTool("systemd-analyze", "security");
      assertThat(exposure.path("status").asInt()).as("at most 3.0: %s", exposure).isZero();
      service.awaitTold("READY=1");
      isHealthy(service);
      classifies(service);
      isAdministered(service);
      service.command("hangup");
      service.awaitTold("RELOADING=1");
      service.awaitTold("READY=1");
      service.command("stop");
      service.awaitTold("STOPPING=1");
      assertThat(service.await(event -> event.has("ended")).path("ended").asInt()).isZero();
      assertThat(service.awaitTool("dpkg", "--purge").path("status").asInt()).isZero();
      assertThat(service.await(event -> event.has("left")).path("left")).isEmpty();
      theJournalIsJsonWithoutText(service.journal());
    }
  }

  @Test
  void theTarballRunsFromAnyFolder() throws Exception {
    Path archive = made("cipherstream-*-linux-x86_64.tar.gz");
    run(List.of("tar", "-C", folder.toString(), "-xzf", archive.toString()));
    String name = archive.getFileName().toString().replace(".tar.gz", "");
    String program = folder.resolve(name).resolve("bin/cipherstream").toString();
    assertThat(run(List.of(program, "--version"))).contains(name.split("-", -1)[1]);
    assertThat(run(List.of(program, "model", "list"))).contains("sst2-sealed", "sst2-tiny");
    Path installed = folder.resolve(name);
    JsonNode bill = new ObjectMapper().readTree(installed.resolve("bom.json").toFile());
    BillOfMaterials.assertNamesAll(bill, installed.resolve("lib"));
    BillOfMaterials.assertLicencesAllow(bill);
    advisoriesAreCompared(program);
  }

  /** With its own bill, against an advisory about a library that it has and one that it has not. */
  private void advisoriesAreCompared(String program) throws Exception {
    Path database = Files.createDirectory(folder.resolve("osv"));
    advisory(database, "other", "org.example:nothing");
    String compare = program + " advisories --json --database " + database;
    assertThat(run(List.of("bash", "-c", compare + " 2>&1; echo status $?")))
        .contains("1 advisories: 0 concern them", "status 0");
    advisory(database, "netty", "io.netty:netty-handler");
    assertThat(run(List.of("bash", "-c", compare + "; echo status $?")))
        .contains("\"advisory\":\"netty\"", "status 5");
  }

  private static void advisory(Path database, String id, String library) throws Exception {
    Files.writeString(
        database.resolve(id + ".json"),
        """
        {"id":"%s","modified":"2026-01-01T00:00:00Z","affected":[{
         "package":{"ecosystem":"Maven","name":"%s"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}
        """
            .formatted(id, library));
  }

  private static void isHealthy(InstalledService service) throws Exception {
    Matcher health = HEALTH.matcher(service.journal());
    assertThat(health.find()).as(service.journal()).isTrue();
    HttpResponse<String> ready =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(health.group(1) + "/v2/health/ready")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(ready.statusCode()).isEqualTo(200);
  }

  /** With the installed command line, as a user who may read nothing of the service's. */
  private static void classifies(InstalledService service) throws IOException {
    JsonNode state = Json.MAPPER.readTree(service.read("/var/lib/cipherstream/server.json"));
    JsonNode answer =
        service.run(
            "env",
            "CIPHERSTREAM_API_KEY=" + service.read("/var/lib/cipherstream/api-key").strip(),
            "JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1",
            "cipherstream",
            "classify",
            "--json",
            "--model=sst2-sealed",
            "--url=" + state.path("url").asText(),
            "--fingerprint=" + state.path("certificateSha256").asText(),
            "--text='" + MARKER + "'");
    assertThat(answer.path("status").asInt()).as("%s", answer).isZero();
    assertThat(Json.MAPPER.readTree(answer.path("out").asText()).path("label").asText())
        .isEqualTo("positive");
  }

  /** By root's command line, and by the status page in a browser. */
  private static void isAdministered(InstalledService service) throws Exception {
    JsonNode asked = service.asRoot("cipherstream", "admin", "status", "--json");
    assertThat(asked.path("status").asInt()).as("%s", asked).isZero();
    JsonNode status = Json.MAPPER.readTree(asked.path("out").asText());
    assertThat(status.path("ready").asBoolean()).isTrue();
    assertThat(status.path("sessions").asInt()).isEqualTo(1);
    JsonNode state = Json.MAPPER.readTree(service.read("/var/lib/cipherstream/server.json"));
    try (HeadlessChromium browser = new HeadlessChromium()) {
      browser.open(state.path("adminUrl").asText() + "/admin/");
      browser.type("#token", service.read("/var/lib/cipherstream/admin-token").strip());
      browser.click("#locked button");
      browser.await("return !document.getElementById('shown').hidden", PATIENCE);
      assertThat(browser.run("return document.body.innerText").asText())
          .contains("ready", "sst2-sealed", "sst2-tiny", "default", "good");
      browser.screenshot(ROOT.resolve("host/acceptance/target/status-page.png"));
      browser.click("#sessions button");
      browser.await(
          "return document.querySelectorAll('#sessions tbody tr').length === 0", PATIENCE);
      browser.click("#drain");
      browser.await("return document.getElementById('state').textContent === 'draining'", PATIENCE);
      assertThat(browser.complaints()).isEmpty();
    }
    JsonNode resumed = service.asRoot("cipherstream", "admin", "resume");
    assertThat(resumed.path("status").asInt()).as("%s", resumed).isZero();
    for (String change : List.of("unload", "load")) {
      JsonNode changed = service.asRoot("cipherstream", "admin", change, "sst2-tiny");
      assertThat(changed.path("status").asInt()).as("%s", changed).isZero();
    }
    JsonNode again = service.asRoot("cipherstream", "admin", "load", "sst2-tiny");
    assertThat(again.path("err").asText()).contains("'sst2-tiny', which is served");
  }

  private static void theJournalIsJsonWithoutText(String journal) throws IOException {
    assertThat(journal).doesNotContain("zzyzx", "marvellous");
    List<String> lines =
        journal.lines().filter(line -> !line.startsWith("NOTE: Picked up")).toList();
    assertThat(lines).hasSizeGreaterThan(5);
    for (String line : lines) {
      assertThat(Json.MAPPER.readTree(line).isObject()).as(line).isTrue();
    }
  }

  private static Path made(String pattern) throws IOException {
    try (Stream<Path> files = Files.list(packages)) {
      var matcher = packages.getFileSystem().getPathMatcher("glob:" + pattern);
      return files.filter(file -> matcher.matches(file.getFileName())).findFirst().orElseThrow();
    }
  }

  private String run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CIPHERSTREAM_HOME", folder.resolve("home").toString());
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
