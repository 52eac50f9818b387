package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container images: made without an engine, unpacked, started as one would. */
@Tag("native")
@Tag("slow")
class ContainerImageIT {

  private static final Path ROOT = Path.of(System.getProperty("cipherstream.root"));
  private static final String LIBRARIES = "/usr/lib/cipherstream/lib";
  private static final String PACKAGES = "/var/lib/dpkg/status.d";
  private static final Pattern READY = Pattern.compile("\"event\":\"ready\"");
  private static final Pattern HEALTH = Pattern.compile("health at http://0.0.0.0:(\\d+)");
  private static final Pattern GATEWAY = Pattern.compile("\"ready\",\"url\":\"([^\"]+)\"");
  private static final int POLL_MILLIS = 100;

  @TempDir private static Path folder;
  private static UnpackedImage image;
  private static UnpackedImage gateway;

  @BeforeAll
  static void make() throws Exception {
    Path made = folder.resolve("made");
    Process build =
        new ProcessBuilder(ROOT.resolve("deploy/image/build.sh").toString(), made.toString())
            .inheritIO()
            .start();
    assertThat(build.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(build.exitValue()).isZero();
    try (Stream<Path> files = Files.list(made)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("cipherstream-gateway-")) {
          gateway = new UnpackedImage(file, Files.createDirectory(folder.resolve("gateway")));
        } else {
          image = new UnpackedImage(file, folder);
        }
      }
    }
    assertThat(image).isNotNull();
    assertThat(gateway).isNotNull();
  }

  @Test
  void itServesWithoutPrivilegeOnARootThatNobodyCanWrite() throws Exception {
    String missing = UnpackedImage.missing();
    assumeTrue(missing.isEmpty(), missing);
    Path volumes = Files.createDirectory(folder.resolve("volumes"));
    Path log = folder.resolve("log");
    Process container =
        image.start(
            volumes,
            log,
            Map.of(
                "CIPHERSTREAM_BIND_PORT", "0",
                "CIPHERSTREAM_BIND_HEALTHPORT", "0",
                "CIPHERSTREAM_BIND_ADMINPORT", "0",
                "CIPHERSTREAM_MODELS", "[sst2-sealed]",
                "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1"));
    int status;
    try {
      awaitReady(container, log);
      hasNoRights(container.children().findFirst().orElseThrow().pid());
      assertThat(health(log)).isEqualTo(200);
      classifies(volumes.resolve("var/lib/cipherstream"));
      aGatewayAsksIt(volumes.resolve("var/lib/cipherstream"));
    } finally {
      status = UnpackedImage.stopped(container);
    }
    assertThat(status).as(Files.readString(log)).isZero();
  }

  private static void awaitReady(Process container, Path log) throws Exception {
    while (!READY.matcher(Files.readString(log)).find()) {
      assertThat(container.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS))
          .as("ended before it was ready: %s", Files.readString(log))
          .isFalse();
    }
  }

  private static void hasNoRights(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    assertThat(Files.readString(process.resolve("status")))
        .contains("Uid:\t10001\t10001\t10001\t10001", "Gid:\t10001\t10001\t10001\t10001")
        .contains("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1");
    assertThat(Files.readAllLines(process.resolve("mountinfo")))
        .as("the root is mounted read-only")
        .anyMatch(line -> line.matches("\\d+ \\d+ \\S+ \\S+ / ro.*"));
  }

  /** As a probe of Kubernetes asks. */
  private static int health(Path log) throws Exception {
    Matcher port = HEALTH.matcher(Files.readString(log));
    assertThat(port.find()).isTrue();
    URI ready = URI.create("http://127.0.0.1:" + port.group(1) + "/v2/health/ready");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static void classifies(Path data) throws Exception {
    JsonNode state = UnpackedImage.json(data.resolve("server.json"));
    Programs.Finished answer =
        new Programs(Files.createDirectory(folder.resolve("client")))
            .with("CIPHERSTREAM_API_KEY", Files.readString(data.resolve("api-key")).strip())
            .run(
                "classify",
                "--json",
                "--model=sst2-sealed",
                "--url=" + state.path("url").asText().replace("0.0.0.0", "127.0.0.1"),
                "--fingerprint=" + state.path("certificateSha256").asText(),
                "--text=A quietly marvellous film.");
    assertThat(answer.exitCode()).as(answer.err()).isZero();
    assertThat(answer.json().get(0).path("label").asText()).isEqualTo("positive");
  }

  @Test
  void itsBillOfMaterialsNamesEveryLibraryAndEveryDebianPackage() throws Exception {
    JsonNode bill = UnpackedImage.json(image.path("/usr/lib/cipherstream/bom.json"));
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    TreeSet<String> debian = new TreeSet<>();
    for (JsonNode component : bill.path("components")) {
      if (component.path("purl").asText().startsWith("pkg:deb/debian/")) {
        debian.add(component.path("name").asText());
      }
    }
    assertThat(names(PACKAGES)).contains("libc6", "openjdk-17-jre-headless").isEqualTo(debian);
    assertThat(names(LIBRARIES)).hasSizeGreaterThan(50).contains("cipherstream-server.jar");
    BillOfMaterials.assertNamesAll(bill, image.path(LIBRARIES));
  }

  /** The other image, started in the same way, with the words that a serving runtime gives it. */
  private static void aGatewayAsksIt(Path data) throws Exception {
    JsonNode state = UnpackedImage.json(data.resolve("server.json"));
    Path volumes = Files.createDirectory(folder.resolve("gateway-volumes"));
    Path own = Files.createDirectories(volumes.resolve("var/lib/cipherstream"));
    Path key = own.resolve("key");
    Files.writeString(key, Files.readString(data.resolve("api-key")));
    Path log = folder.resolve("gateway-log");
    Process container =
        gateway.start(
            volumes,
            log,
            Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1"),
            "gateway",
            "--model=sst2-sealed",
            "--port=0",
            "--url=" + state.path("url").asText().replace("0.0.0.0", "127.0.0.1"),
            "--fingerprint=" + state.path("certificateSha256").asText(),
            "--api-key-file=/var/lib/cipherstream/key");
    try {
      awaitReady(container, log);
      hasNoRights(container.children().findFirst().orElseThrow().pid());
      Matcher url = GATEWAY.matcher(Files.readString(log));
      assertThat(url.find()).isTrue();
      HttpRequest asked =
          HttpRequest.newBuilder(URI.create(url.group(1) + "/v2/models/sst2-sealed/infer"))
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],"
                          + "\"data\":[\"A quietly marvellous film.\"]}]}"))
              .build();
      String answer =
          HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofString()).body();
      assertThat(answer).contains("positive");
    } finally {
      assertThat(UnpackedImage.stopped(container)).as(Files.readString(log)).isZero();
    }
    assertThat(gateway.config().path("User").asText()).isEqualTo("10001:10001");
    BillOfMaterials.assertNamesAll(
        UnpackedImage.json(gateway.path("/usr/lib/cipherstream/bom.json")),
        gateway.path(LIBRARIES));
  }

  private static SortedSet<String> names(String folderOfImage) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(image.path(folderOfImage))) {
      files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    }
    return names;
  }

  @Test
  void itHasNoShellNoKeyGeneratorAndNothingToGainRightsWith() throws Exception {
    assertThat(image.config().path("User").asText()).isEqualTo("10001:10001");
    assertThat(names(LIBRARIES)).noneMatch(name -> name.contains("seal-client"));
    try (Stream<Path> files = Files.walk(image.root())) {
      for (Path file : files.toList()) {
        String name = image.root().relativize(file).toString();
        assertThat(Files.isSymbolicLink(file)).as(name).isFalse();
        if (!Files.isDirectory(file)) {
          assertThat(name).doesNotMatch("(.*/)?(ba|da)?sh");
          int mode = (int) Files.getAttribute(file, "unix:mode");
          assertThat(mode & 06000).as("set-id bits of %s", name).isZero();
          assertThat(Files.getPosixFilePermissions(file))
              .as(name)
              .doesNotContain(PosixFilePermission.OTHERS_WRITE);
        }
      }
    }
    assertThat(List.of("/var/lib/cipherstream", "/var/cache/cipherstream"))
        .allSatisfy(
            volume -> assertThat(image.config().path("Volumes").has(volume)).as(volume).isTrue());
  }
}
