package io.cipherstream.server.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.metrics.ServerMetrics;
import io.cipherstream.server.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantUsageTest {

  private static final int MANY = 5000;
  private static final int ATTEMPTS = 50;

  @TempDir private Path folder;

  private final ServerMetrics metrics = new ServerMetrics();
  private Instant now = Instant.parse("2026-11-30T23:50:00Z");

  @AfterEach
  void close() {
    metrics.close();
  }

  private TenantUsage usage() throws Exception {
    ServerConfig config =
        ConfigLoader.load(
            null,
            Map.of(),
            Map.of(
                "tenants",
                "[{name: a, apiKey: 0123456789abcdef, limits: {inferencesPerTenantPerDayMax: 3,"
                    + " computeSecondsPerTenantPerDayMax: 10}},"
                    + " {name: b, apiKey: fedcba9876543210}]",
                "limits.inferencesPerTenantPerDayMax",
                "5"));
    Quotas quotas = new Quotas(config.limits(), config.tenants());
    return new TenantUsage(folder.resolve("usage"), quotas, metrics, () -> now);
  }

  private static void refused(TenantUsage usage, String tenant, String limit) {
    assertThatThrownBy(() -> usage.requireRest(tenant))
        .isInstanceOf(ProblemException.class)
        .satisfies(
            e ->
                assertThat(((ProblemException) e).toJson("-").encode())
                    .contains("\"limit\":\"" + limit + "\"", "\"retryAfterSeconds\":600"));
  }

  @Test
  void aDayOfInferencesIsBoundedAndTheNextDayIsNew() throws Exception {
    TenantUsage usage = usage();
    for (int i = 0; i < 3; i++) {
      usage.requireRest("a");
      usage.begun("a");
    }
    refused(usage, "a", "inferencesPerTenantPerDayMax");
    for (int i = 0; i < 5; i++) {
      usage.requireRest("b");
      usage.begun("b");
    }
    refused(usage, "b", "inferencesPerTenantPerDayMax");
    now = now.plusSeconds(600);
    assertThatCode(() -> usage.requireRest("a")).doesNotThrowAnyException();
  }

  @Test
  void aDayOfComputingIsBounded() throws Exception {
    TenantUsage usage = usage();
    usage.computed("a", Duration.ofMillis(9_999));
    assertThatCode(() -> usage.requireRest("a")).doesNotThrowAnyException();
    usage.computed("a", Duration.ofMillis(1));
    refused(usage, "a", "computeSecondsPerTenantPerDayMax");
    assertThatCode(() -> usage.requireRest("b")).doesNotThrowAnyException();
  }

  @Test
  void aRestartForgetsNothingThatWasStored() throws Exception {
    TenantUsage usage = usage();
    usage.begun("a");
    usage.begun("a");
    usage.store();
    TenantUsage again = usage();
    again.begun("a");
    refused(again, "a", "inferencesPerTenantPerDayMax");
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenByTheNextCall() throws Exception {
    TenantUsage usage = usage();
    usage.begun("a");
    Path inTheWay = Files.createDirectories(folder.resolve("usage/2026-11.json/full"));
    assertThatThrownBy(usage::store).isInstanceOf(IOException.class);
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    usage.store();
    assertThat(Files.readString(folder.resolve("usage/2026-11.json")))
        .contains("\"inferences\" : 1");
  }

  @Test
  void eachMonthHasAFileOfItsOwn() throws Exception {
    TenantUsage usage = usage();
    usage.session("a");
    usage.key("a", 1000);
    usage.begun("a");
    usage.wire("a", 30, 20);
    usage.computed("a", Duration.ofMillis(1500));
    usage.ended("a", "ok");
    now = now.plusSeconds(600);
    usage.begun("a");
    usage.ended("a", "internal");
    usage.store();
    ObjectMapper json = new ObjectMapper();
    JsonNode november = json.readTree(Files.readString(folder.resolve("usage/2026-11.json")));
    assertThat(november.path("month").asText()).isEqualTo("2026-11");
    assertThat(november.path("tenants").path("a").path("2026-11-30"))
        .isEqualTo(
            json.readTree(
                "{\"sessions\":1,\"keyBytes\":1000,\"inferences\":1,\"answered\":1,"
                    + "\"computeMillis\":1500,\"bytesIn\":30,\"bytesOut\":20}"));
    JsonNode december = json.readTree(Files.readString(folder.resolve("usage/2026-12.json")));
    assertThat(december.path("tenants").path("a").path("2026-12-01").path("inferences").asInt())
        .isEqualTo(1);
    assertThat(december.path("tenants").path("a").path("2026-12-01").path("answered").asInt())
        .isZero();
    assertThat(metrics.scrape())
        .contains("he_tenant_sessions_total{tenant=\"a\"} 1.0")
        .contains("he_tenant_key_bytes_total{tenant=\"a\"} 1000.0")
        .contains("he_tenant_inferences_total{answered=\"true\",tenant=\"a\"} 1.0")
        .contains("he_tenant_inferences_total{answered=\"false\",tenant=\"a\"} 1.0")
        .contains("he_tenant_compute_seconds_total{tenant=\"a\"} 1.5")
        .contains("he_tenant_wire_bytes_total{direction=\"in\",tenant=\"a\"} 30.0");
  }

  /**
   * As long as a file is written, its temporary one is there. Which of both threads is faster is
   * not certain, so one count of many that overtakes the disk is enough; if counting waits, none
   * does.
   */
  @Test
  void countingDoesNotWaitForTheDisk() throws Exception {
    TenantUsage usage = usage();
    for (int i = 0; i < MANY; i++) {
      usage.begun("tenant-" + i); // so that there is something to write
    }
    boolean overtaken = false;
    for (int i = 0; i < ATTEMPTS && !overtaken; i++) {
      usage.begun("a");
      Thread storing =
          new Thread(
              () -> {
                try {
                  usage.store();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      storing.start();
      while (storing.isAlive() && !isWriting()) {
        Thread.onSpinWait();
      }
      usage.begun("b");
      overtaken = isWriting();
      storing.join();
    }
    assertThat(overtaken).as("a count while the file was being written").isTrue();
  }

  private boolean isWriting() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("usage"))) {
      return files.anyMatch(file -> !file.toString().endsWith(".json"));
    }
  }
}
