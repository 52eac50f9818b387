package io.cipherstream.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quotas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionStoreTest {

  private static final CkksParameters SET = CkksParameters.N8192;

  @TempDir private Path data;
  private SessionStore store;

  @BeforeEach
  void open() throws Exception {
    store = new SessionStore(data);
  }

  @Test
  void sessionAndKeysAreReadBack() throws Exception {
    SessionInfo info = info("11".repeat(16), "a");
    store.create(info);
    publish(info.id(), "-5", new byte[] {1, 2, 3});
    Instant when = Instant.parse("2026-01-02T03:04:05Z");
    store.touch(info.id(), when);
    List<SessionStore.Stored> all = new SessionStore(data).loadAll();
    assertThat(all).containsExactly(new SessionStore.Stored(info, Map.of("-5", 3L), when));
    assertThat(info.toString()).doesNotContain(info.transportKey());
  }

  @Test
  void everythingIsReadableByItsOwnerOnly() throws Exception {
    SessionInfo info = info("11".repeat(16), "a");
    store.create(info);
    publish(info.id(), "public", new byte[1]);
    try (var walk = Files.walk(data.resolve("sessions"))) {
      for (Path path : walk.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .endsWith("------");
      }
    }
  }

  @Test
  void uploadsThatWereCutOffAreRemovedAtStart() throws Exception {
    Path part = store.newUpload();
    Files.write(part, new byte[100]);
    new SessionStore(data);
    assertThat(part).doesNotExist();
  }

  @Test
  void damagedMetadataIsRemovedAndTheRestStays() throws Exception {
    store.create(info("11".repeat(16), "a"));
    store.create(info("22".repeat(16), "b"));
    Path file = data.resolve("sessions").resolve("11".repeat(16)).resolve("session.json");
    Files.writeString(file, Files.readString(file).replace("\"a\"", "\"b\""));
    Files.createDirectories(data.resolve("sessions").resolve("33".repeat(16)));
    assertThat(store.loadAll()).extracting(s -> s.info().tenant()).containsExactly("b");
    assertThat(file).doesNotExist();
  }

  @Test
  void sessionExpiresAfterItsLastUse() throws Exception {
    MutableClock clock = new MutableClock();
    Limits limits =
        ConfigLoader.load(
                null,
                Map.of(),
                Map.of("generateApiKey", "true", "limits.sessionIdleSeconds", "3600"))
            .limits();
    SessionRegistry registry =
        new SessionRegistry(store, limits, new Quotas(limits, List.of()), clock);
    Session session = registry.create(request(info("11".repeat(16), "a")));
    clock.now = clock.now.plus(Duration.ofMinutes(50));
    registry.touch(session);
    clock.now = clock.now.plus(Duration.ofMinutes(50));
    assertThat(registry.require("a", session.id())).isSameAs(session);
    clock.now = clock.now.plus(Duration.ofMinutes(11));
    assertProblem(registry, session, ProblemType.SESSION_EXPIRED);
    registry.sweep();
    assertProblem(registry, session, ProblemType.SESSION_EXPIRED);
    assertThat(data.resolve("sessions").resolve(session.id())).doesNotExist();
    assertThat(registry.all()).isEmpty();
  }

  @Test
  void tooManySessionsOfATenantAreRefusedAndOthersAreNot() throws Exception {
    Limits limits =
        ConfigLoader.load(
                null,
                Map.of(),
                Map.of("generateApiKey", "true", "limits.sessionsPerTenantMax", "1"))
            .limits();
    SessionRegistry registry =
        new SessionRegistry(store, limits, new Quotas(limits, List.of()), Clock.systemUTC());
    registry.create(request(info("11".repeat(16), "a")));
    registry.create(request(info("22".repeat(16), "b")));
    assertThatThrownBy(() -> registry.create(request(info("33".repeat(16), "a"))))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.QUOTA_EXCEEDED))
        .hasMessageContaining("sessionsPerTenantMax");
  }

  private static void assertProblem(SessionRegistry registry, Session session, ProblemType type) {
    assertThatThrownBy(() -> registry.require("a", session.id()))
        .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.type()).isEqualTo(type));
  }

  private void publish(String session, String label, byte[] content) throws Exception {
    Path part = store.newUpload();
    Files.write(part, content);
    store.publishKey(part, session, label);
  }

  private static SessionRequest request(SessionInfo info) {
    return new SessionRequest(info, SET, 1000, session -> true);
  }

  static SessionInfo info(String id, String tenant) {
    return new SessionInfo(
        id,
        tenant,
        "m",
        "1",
        "00",
        SET.digestHex(),
        "aa".repeat(32),
        "bb".repeat(32),
        List.of("paper"),
        List.of(16),
        1_700_000_000L,
        null);
  }

  private static final class MutableClock extends Clock {
    private Instant now = Instant.now();

    @Override
    public ZoneId getZone() {
      return ZoneId.of("UTC");
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
