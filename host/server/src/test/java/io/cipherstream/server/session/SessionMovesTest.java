package io.cipherstream.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.Limits;
import io.cipherstream.server.problem.ProblemException;
import io.cipherstream.server.problem.ProblemType;
import io.cipherstream.server.tenant.Quotas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes' stores, between which a session moves; each may end after any step. */
class SessionMovesTest {

  private static final String ID = "11".repeat(16);
  private static final String USED = "22".repeat(16);
  private static final byte[] KEY = {1, 2, 3};

  @TempDir private Path folder;
  private Node leaves;
  private Node stays;
  private Session session;

  /** What a node has of sessions; another one on the same folder is the node after a restart. */
  private static final class Node {
    final SessionStore store;
    final SessionRegistry registry;
    final SessionMoves moves;

    Node(Path data, Limits limits) throws Exception {
      Quotas quotas = new Quotas(limits, List.of());
      store = new SessionStore(data);
      registry = new SessionRegistry(store, limits, quotas, Clock.systemUTC());
      registry.restore();
      moves = new SessionMoves(store, registry, quotas, Clock.systemUTC());
    }
  }

  private Node node(String name, String... limits) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("generateApiKey", "true"));
    for (String limit : limits) {
      settings.put("limits." + limit.split("=")[0], limit.split("=")[1]);
    }
    return new Node(folder.resolve(name), ConfigLoader.load(null, Map.of(), settings).limits());
  }

  @BeforeEach
  void start() throws Exception {
    leaves = node("leaves");
    stays = node("stays");
    session = create(leaves, ID);
    Path key = Files.write(leaves.store.newUpload(), KEY);
    leaves.registry.storeKey(session, "public", key, KEY.length);
    try (InferenceClaim claim = leaves.registry.claim(session, USED)) {
      claim.recorded().toCompletableFuture().get();
    }
  }

  private static Session create(Node node, String id) throws Exception {
    return node.registry.create(
        new SessionRequest(
            SessionStoreTest.info(id, "a"), CkksParameters.N8192, 1000, each -> true));
  }

  private static void assertServed(Node node) throws Exception {
    Session served = node.registry.require("a", ID);
    assertThat(served.storedKeys()).containsExactly("public");
    assertThat(Files.readAllBytes(node.store.keyFile(ID, "public"))).isEqualTo(KEY);
    assertThatThrownBy(() -> node.registry.claim(served, USED))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.type()).isEqualTo(ProblemType.ROUND_REPLAYED));
    node.registry.use(served).close();
  }

  private static void assertNotServed(Node node) {
    assertThat(node.registry.find(ID)).isEmpty();
  }

  private void take(Node node, Path packed) throws Exception {
    node.moves.take(ID, packed, session.lastUsed(), each -> {});
  }

  @Test
  void aSessionIsServedAtOneNodeAfterEachStep() throws Exception {
    assertThat(leaves.moves.idle()).containsExactly(session);
    Path packed = leaves.moves.leave(session);
    assertMoves(session);
    assertNotServed(stays);
    take(stays, packed);
    assertThat(packed).doesNotExist();
    assertNotServed(stays);
    assertServed(node("leaves")); // had it ended now, it would serve it again

    leaves.moves.handOver(session);
    assertNotServed(leaves);
    assertMoves(session);
    assertThat(leaves.registry.all()).isEmpty();

    assertThat(stays.moves.serve(ID)).isTrue();
    assertThat(stays.moves.serve(ID)).as("asked twice").isTrue();
    assertThat(stays.registry.require("a", ID).lastUsed()).isEqualTo(session.lastUsed());
    assertServed(stays);
    leaves.moves.left(session);
    assertServed(node("stays"));
    assertNotServed(node("leaves"));
    assertThat(folder.resolve("leaves/uploads")).isEmptyDirectory();
    assertThat(folder.resolve("stays/uploads")).isEmptyDirectory();
  }

  /** Requests at the old node are to be sent again, and do not look like a session that is gone. */
  private void assertMoves(Session moving) {
    assertThatThrownBy(() -> leaves.registry.use(moving))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.NODE_LOST));
  }

  @Test
  void itComesBackTheSameWay() throws Exception {
    take(stays, leaves.moves.leave(session));
    leaves.moves.handOver(session);
    stays.moves.serve(ID);
    leaves.moves.left(session);
    Session there = stays.registry.require("a", ID);
    take(leaves, stays.moves.leave(there));
    stays.moves.handOver(there);
    leaves.moves.serve(ID);
    stays.moves.left(there);
    assertServed(leaves);
    assertNotServed(stays);
  }

  @Test
  void whatIsHandedOverIsNotServedAgainAfterARestart() throws Exception {
    take(stays, leaves.moves.leave(session));
    leaves.moves.handOver(session);
    assertNotServed(node("leaves"));
    assertThat(folder.resolve("leaves/uploads")).isEmptyDirectory();
  }

  @Test
  void whatWasNeverAskedForIsForgottenByARestart() throws Exception {
    take(stays, leaves.moves.leave(session));
    Node again = node("stays");
    assertNotServed(again);
    assertThat(again.moves.serve(ID)).isFalse();
    leaves.moves.handOver(session);
    leaves.moves.takeBack(session);
    assertServed(leaves);
    assertServed(node("leaves"));
  }

  @Test
  void aSessionThatNobodyTakesStays() throws Exception {
    Files.delete(leaves.moves.leave(session));
    leaves.moves.stay(session);
    assertServed(leaves);
  }

  @Test
  void aSessionInUseStays() throws Exception {
    try (Session.Use use = leaves.registry.use(session)) {
      assertThat(leaves.moves.idle()).isEmpty();
      assertThat(leaves.moves.leave(session)).isNull();
    }
    assertServed(leaves);
  }

  @Test
  void aSessionThatIsDeletedWhileItMovesIsNotServedAnywhere() throws Exception {
    take(stays, leaves.moves.leave(session));
    leaves.registry.delete(session);
    assertThatThrownBy(() -> leaves.moves.handOver(session))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.type()).isEqualTo(ProblemType.SESSION_UNKNOWN));
    assertNotServed(leaves);
    assertNotServed(stays);
    assertNotServed(node("leaves"));
  }

  @Test
  void aTenantKeepsToItsLimitsAtTheOtherNode() throws Exception {
    Node full = node("full", "sessionsPerTenantMax=1");
    create(full, "33".repeat(16));
    Path packed = leaves.moves.leave(session);
    assertThatThrownBy(() -> take(full, packed))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.type()).isEqualTo(ProblemType.QUOTA_EXCEEDED));
    assertNothingIsLeft(full, "full", packed);
  }

  @Test
  void damagedAndForeignFilesAreRefused() throws Exception {
    Path packed = leaves.moves.leave(session);
    byte[] whole = Files.readAllBytes(packed);
    byte[] flipped = whole.clone();
    flipped[new String(whole, StandardCharsets.ISO_8859_1).indexOf("\1\2\3")] ^= 1;
    byte[] cut = Arrays.copyOf(whole, whole.length / 2);
    for (byte[] bytes : List.of(flipped, cut, new byte[0], new byte[100])) {
      Path bad = Files.write(stays.store.newUpload(), bytes);
      assertThatThrownBy(() -> take(stays, bad)).isInstanceOf(IOException.class);
      assertNothingIsLeft(stays, "stays", bad);
    }
    String other = "44".repeat(16);
    assertThatThrownBy(() -> stays.moves.take(other, packed, Instant.EPOCH, each -> {}))
        .hasMessageContaining("another session");
    assertNothingIsLeft(stays, "stays", packed);
  }

  private void assertNothingIsLeft(Node node, String name, Path packed) throws Exception {
    assertThat(packed).doesNotExist();
    assertThat(node.moves.serve(ID)).isFalse();
    assertNotServed(node);
    assertThat(folder.resolve(name).resolve("uploads")).isEmptyDirectory();
  }
}
