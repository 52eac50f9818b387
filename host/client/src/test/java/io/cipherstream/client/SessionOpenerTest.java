package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.client.ClientException.Kind;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.KeyRequirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions against a server that plays by the rules, and against one that does not. */
@Tag("slow")
class SessionOpenerTest {

  private static final CkksParameters PARAMETERS = CkksParameters.N8192;
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final ModelDescription MODEL =
      new ModelDescription("m", List.of("paper"), Map.of(), "aa", "bb", false);
  private static final KeyRequirements NEEDED =
      new KeyRequirements(new TreeMap<>(Map.of(1, 1, -16, 2)), 1);

  @TempDir private Path home;
  private ScriptedServer server;
  private ExecutorService workers;
  private ClientKeys keys;
  private SessionOpener opener;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
    workers = Executors.newFixedThreadPool(2);
    keys = ClientKeys.open(home.resolve("keys/k.key"), PARAMETERS, Optional.empty());
    opener = newOpener();
    server.on("DELETE /v2/sessions/" + ID, 204, "");
    for (String key : List.of("public", "relinearization", "1", "-16")) {
      server.on("PUT /v2/sessions/" + ID + "/keys/" + key, 200, "{\"ready\":true}");
    }
  }

  private SessionOpener newOpener() {
    ClientOptions options =
        ClientOptions.builder(server.url(), home)
            .profile("test")
            .retryFor(Duration.ofSeconds(20))
            .build();
    return new SessionOpener(
        new ApplianceHttp(options),
        options,
        workers,
        MODEL,
        List.of(InferenceMode.PAPER.label()),
        List.of(16, 32),
        NEEDED,
        keys);
  }

  @AfterEach
  void stop() {
    keys.close();
    workers.shutdownNow();
    server.close();
  }

  @Test
  void uploadsEveryKeyOfThePlanOnceAndKeepsTheSession() {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    SessionOpener.Opened opened = opener.open();
    assertThat(opened.keyBytes()).isPositive();
    assertThat(server.requests())
        .filteredOn(r -> r.startsWith("PUT"))
        .containsExactlyInAnyOrder(
            "PUT /v2/sessions/" + ID + "/keys/public",
            "PUT /v2/sessions/" + ID + "/keys/relinearization",
            "PUT /v2/sessions/" + ID + "/keys/1",
            "PUT /v2/sessions/" + ID + "/keys/-16");

    String fingerprint = opened.session().keyFingerprint();
    server.on(
        "GET /v2/sessions/" + ID,
        200,
        "{\"ready\":true,\"keyFingerprint\":\"" + fingerprint + "\"}");
    SessionOpener.Opened again = opener.open();
    assertThat(again.keyBytes()).isZero();
    assertThat(again.session()).isEqualTo(opened.session());
  }

  @Test
  void aKeyThatTheServerLostIsSentAgainAndNoOther() {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    SessionRecord session = opener.open().session();
    int before = server.requests().size();
    serverHasLost(session, "\"1\"");
    SessionOpener.Opened mended = opener.open();
    assertThat(mended.session()).isEqualTo(session);
    assertThat(mended.keyBytes()).isPositive();
    assertThat(server.requests().subList(before, server.requests().size()))
        .containsExactly("GET /v2/sessions/" + ID, "PUT /v2/sessions/" + ID + "/keys/1");
  }

  @Test
  void aLostPublicKeyOrOneThatThePlanDoesNotHaveMakesANewSession() {
    for (String lost : List.of("\"public\"", "\"2\"", "\"1\",\"2\"", "")) {
      serverAsksFor(NEEDED.rotationLimbs(), 1);
      SessionRecord session = opener.open().session();
      int before = server.requests().size();
      serverHasLost(session, lost);
      assertThat(opener.open().session()).isNotEqualTo(session);
      assertThat(server.requests().subList(before, server.requests().size()))
          .startsWith(
              "GET /v2/sessions/" + ID,
              "DELETE /v2/sessions/" + ID,
              "POST /v2/sessions",
              "PUT /v2/sessions/" + ID + "/keys/public")
          .doesNotContain("PUT /v2/sessions/" + ID + "/keys/2");
    }
  }

  @Test
  void aLostAnswerIsAskedForAgainUnderTheSameKey() {
    AtomicBoolean lost = new AtomicBoolean();
    server.on(
        "POST /v2/sessions",
        body -> {
          if (lost.compareAndSet(false, true)) {
            throw new IllegalStateException("the connection breaks");
          }
          return made(body, NEEDED.rotationLimbs(), 1);
        });
    assertThat(opener.open().keyBytes()).isPositive();
    assertThat(server.idempotencyKeys()).hasSize(2);
    assertThat(Set.copyOf(server.idempotencyKeys())).hasSize(1);
    assertThat(home.resolve("sessions/test")).isDirectoryNotContaining("glob:**.making");
  }

  @Test
  void aSessionWhoseMakerEndedIsDeletedAndOneThatIsBeingMadeIsNot() throws IOException {
    String lost = "cd".repeat(32);
    String other = "ef".repeat(32);
    SessionInMaking.begin(home.resolve("sessions/test"), lost).abandon();
    SessionInMaking.begin(home.resolve("sessions/test"), other);
    String lostId = "1".repeat(32);
    server.on(
        "GET /v2/sessions",
        200,
        String.format(
            "{\"sessions\":[{\"session\":\"%s\",\"keyFingerprint\":\"%s\"},"
                + "{\"session\":\"%s\",\"keyFingerprint\":\"%s\"}]}",
            lostId, lost, "2".repeat(32), other));
    server.on("DELETE /v2/sessions/" + lostId, 204, "");
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    opener.open();
    assertThat(server.requests())
        .contains("DELETE /v2/sessions/" + lostId)
        .doesNotContain("DELETE /v2/sessions/" + "2".repeat(32));
    try (Stream<Path> notes = Files.list(home.resolve("sessions/test"))) {
      assertThat(notes.filter(f -> f.toString().endsWith(".making"))).hasSize(1);
    }
  }

  private void serverHasLost(SessionRecord session, String missing) {
    server.on(
        "GET /v2/sessions/" + ID,
        200,
        String.format(
            "{\"ready\":false,\"keyFingerprint\":\"%s\",\"missingKeys\":[%s]}",
            session.keyFingerprint(), missing));
  }

  @Test
  void aServerThatAsksForOneKeyMoreGetsNone() {
    TreeMap<Integer, Integer> more = new TreeMap<>(NEEDED.rotationLimbs());
    more.put(2, 1);
    serverAsksFor(more, 1);
    refusedWithoutAKey();
  }

  @Test
  void aServerThatAsksForMoreLimbsGetsNoKey() {
    TreeMap<Integer, Integer> deeper = new TreeMap<>(NEEDED.rotationLimbs());
    deeper.put(1, 4);
    serverAsksFor(deeper, 1);
    refusedWithoutAKey();
  }

  @Test
  void aSessionIsMadeForTheServedClassesAndMadeAnewWhenThereAreMore() throws IOException {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    String fingerprint = opener.open().session().keyFingerprint();
    for (String classes : List.of("[16]", "[16,32]")) {
      server.on(
          "GET /v2/sessions/" + ID,
          200,
          "{\"ready\":true,\"tokenClasses\":"
              + classes
              + ",\"keyFingerprint\":\""
              + fingerprint
              + "\"}");
      boolean anew = opener.open().keyBytes() > 0;
      assertThat(anew)
          .as("session for %s where [16, 32] is served", classes)
          .isEqualTo(classes.equals("[16]"));
      fingerprint = opener.open().session().keyFingerprint();
    }
  }

  @Test
  void aSessionForClassesThatAreNoLongerServedIsMadeAnew() throws IOException {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    opener.open();
    server.on(
        "GET /v2/sessions/" + ID,
        422,
        "{\"type\":\"urn:cipherstream:problem:token-class-unsupported\",\"status\":422}");
    assertThat(opener.open().keyBytes()).isPositive();
    assertThat(server.requests()).contains("DELETE /v2/sessions/" + ID);
  }

  @Test
  void aServerThatRenamesTheKeyPairGetsNoKey() {
    server.on(
        "POST /v2/sessions",
        body ->
            ScriptedServer.Answer.json(201, answer("00".repeat(32), NEEDED.rotationLimbs(), 1)));
    refusedWithoutAKey();
  }

  @Test
  void aSessionTheServerForgotIsMadeAnew() throws IOException {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    opener.open();
    server.on("GET /v2/sessions/" + ID, 410, "{}");
    assertThat(opener.open().keyBytes()).isPositive();
    assertThat(server.requests()).filteredOn("POST /v2/sessions"::equals).hasSize(2);
  }

  @Test
  void aSessionOfAnotherSecretKeyIsClosedAndMadeAnew() throws IOException {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    String fingerprint = opener.open().session().keyFingerprint();
    server.on(
        "GET /v2/sessions/" + ID,
        200,
        "{\"ready\":true,\"keyFingerprint\":\"" + fingerprint + "\"}");
    keys.close();
    Files.delete(home.resolve("keys/k.key")); // as the message about a damaged key file advises
    keys = ClientKeys.open(home.resolve("keys/k.key"), PARAMETERS, Optional.empty());
    assertThat(newOpener().open().keyBytes()).isPositive();
    assertThat(server.requests()).contains("DELETE /v2/sessions/" + ID);
  }

  @Test
  void aDamagedSessionFileIsMadeAnew() throws IOException {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    opener.open();
    Files.writeString(home.resolve("sessions/test/m-paper.json"), "{\"session\":\"zz\"}");
    assertThat(opener.open().keyBytes()).isPositive();
  }

  @Test
  void aFullServerIsReportedAndTheSessionClosed() {
    serverAsksFor(NEEDED.rotationLimbs(), 1);
    server.on(
        "PUT /v2/sessions/" + ID + "/keys/1",
        507,
        "{\"type\":\"urn:cipherstream:problem:storage-full\",\"detail\":\"disk\"}");
    assertThatThrownBy(opener::open).hasMessageContaining("storage-full");
    assertThat(server.requests()).contains("DELETE /v2/sessions/" + ID);
    assertThat(home.resolve("sessions/test/m-paper.json")).doesNotExist();
  }

  private void refusedWithoutAKey() {
    assertThatThrownBy(opener::open)
        .isInstanceOfSatisfying(
            ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PROTOCOL));
    assertThat(server.requests())
        .noneMatch(r -> r.startsWith("PUT"))
        .contains("DELETE /v2/sessions/" + ID);
  }

  private void serverAsksFor(Map<Integer, Integer> rotations, int relinearization) {
    server.on("POST /v2/sessions", body -> made(body, rotations, relinearization));
  }

  private static ScriptedServer.Answer made(
      String body, Map<Integer, Integer> rotations, int relinearization) {
    try {
      JsonNode request = ApplianceHttp.JSON.readTree(body);
      return ScriptedServer.Answer.json(
          201, answer(request.path("keyFingerprint").asText(), rotations, relinearization));
    } catch (IOException e) {
      return ScriptedServer.Answer.json(400, "{}");
    }
  }

  private static String answer(
      String fingerprint, Map<Integer, Integer> rotations, int relinearization) {
    ObjectNode json = ApplianceHttp.JSON.createObjectNode();
    json.put("session", ID);
    json.put("packageDigest", "aa");
    json.put("parametersDigest", PARAMETERS.digestHex());
    json.put("keyFingerprint", fingerprint);
    json.put("transportKey", "11".repeat(32));
    json.putObject("limits").put("frameBytesMax", 65536);
    ObjectNode required = json.putObject("requiredKeys");
    required.put("public", true);
    required.put("relinearization", relinearization);
    ArrayNode steps = required.putArray("rotations");
    rotations.forEach((step, limbs) -> steps.addObject().put("step", step).put("limbs", limbs));
    return json.toString();
  }
}
