package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cipherstream.server.problem.RefusalLog;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What one tenant or address does often costs the others little. */
class RatesIT {

  private static final Predicate<String> COUNTED =
      Pattern.compile(".*\\([0-9]+ such lines .* left out\\)").asMatchPredicate();

  @TempDir private Path folder;

  private TestServer server(String... settings) throws Exception {
    LoopbackModel model =
        new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  @Test
  void sessionsOfATenantHaveARateAndOthersTheirOwn() throws Exception {
    try (TestServer server = server("limits.sessionsPerTenantPerMinuteMax=2")) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback");
      a.createSession("loopback");
      limited(a.post("/v2/sessions", a.newSession("loopback")), "sessionsPerTenantPerMinuteMax");
      server.client(TestServer.KEY_B).createSession("loopback");
    }
  }

  @Test
  void requestsOfATenantHaveARate() throws Exception {
    try (TestServer server = server("limits.requestsPerTenantPerSecondMax=1")) {
      TestClient c = server.client(TestServer.KEY_C);
      HttpResponse<String> last = c.get("/v2");
      for (int i = 0; i < 20 && last.statusCode() == 200; i++) {
        last = c.get("/v2");
      }
      limited(last, "requestsPerTenantPerSecondMax");
      assertThat(server.client(TestServer.KEY_B).get("/v2").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void wrongKeysHaveARateThatARightKeyFromThereDoesNotFeel() throws Exception {
    try (TestServer server = server("limits.wrongKeysPerAddressPerMinuteMax=3")) {
      TestClient wrong = server.client("some-key-that-nobody-has");
      for (int i = 0; i < 3; i++) {
        assertProblem(wrong.get("/v2"), 401, "unauthorized");
      }
      limited(wrong.get("/v2"), "wrongKeysPerAddressPerMinuteMax");
      assertThat(server.client(TestServer.KEY_A).get("/v2").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theOperatorSeesTheApplianceAndATenantWhatIsItsOwn() throws Exception {
    try (TestServer server = server()) {
      server.client(TestServer.KEY_A).createSession("loopback");
      server.client(TestServer.KEY_A).createSession("loopback");
      TestClient tenant = server.client(TestServer.KEY_C);
      tenant.createSession("loopback");
      assertThat(server.client(TestServer.KEY_A).get("/metrics").body())
          .contains("he_sessions 3", "he_memory_total_bytes_max", "jvm_memory");
      String own = tenant.get("/metrics").body();
      assertThat(own).contains("he_sessions 1", "he_loaded_key_bytes 0", "he_inferences_active 0");
      assertThat(own).doesNotContain("he_memory", "jvm_", "he_problems");
    }
  }

  @Test
  void refusalsAreLoggedWithTenantAndAddressAndNotWithoutBound() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
    try (TestServer server = server("limits.refusalLogLinesPerSecondMax=2")) {
      TestClient c = server.client(TestServer.KEY_C);
      for (int i = 0; i < 40; i++) {
        assertProblem(c.get("/v2/models/none"), 404, "model-unknown");
      }
      assertThat(texts(lines)).hasSizeLessThan(40);
      Eventually.holds(
          () -> {
            c.get("/v2/models/none");
            return texts(lines).stream().anyMatch(COUNTED);
          },
          "a line says how many are left out");
    } finally {
      log.setLevel(null);
      log.detachAppender(lines);
    }
    assertThat(texts(lines).get(0))
        .startsWith("tenant c at 127.0.0.1, request ")
        .contains("'none'");
  }

  private static List<String> texts(ListAppender<ILoggingEvent> lines) {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static void limited(HttpResponse<String> answer, String limit) {
    JsonObject problem = assertProblem(answer, 429, "rate-limited");
    assertThat(problem.getString("limit")).isEqualTo(limit);
    assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
  }
}
