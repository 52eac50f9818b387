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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions against a server that plays by the rules, and against one that does not. */
class SessionOpenerTest {

  private static final CkksParameters PARAMETERS = CkksParameters.N8192;
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final ModelDescription MODEL =
      new ModelDescription("m", List.of("paper"), "aa", "bb");
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
    keys = ClientKeys.open(home.resolve("keys/k.key"), PARAMETERS);
    opener = newOpener();
    server.on("DELETE /v2/sessions/" + ID, 204, "");
    for (String key : List.of("public", "relinearization", "1", "-16")) {
      server.on("PUT /v2/sessions/" + ID + "/keys/" + key, 200, "{\"ready\":true}");
    }
  }

  private SessionOpener newOpener() {
    ClientOptions options = ClientOptions.builder(server.url(), home).profile("test").build();
    return new SessionOpener(
        new ApplianceHttp(options), options, workers, MODEL, InferenceMode.PAPER, NEEDED, keys);
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
    keys = ClientKeys.open(home.resolve("keys/k.key"), PARAMETERS);
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
    server.on(
        "POST /v2/sessions",
        body -> {
          try {
            JsonNode request = ApplianceHttp.JSON.readTree(body);
            return ScriptedServer.Answer.json(
                201, answer(request.path("keyFingerprint").asText(), rotations, relinearization));
          } catch (IOException e) {
            return ScriptedServer.Answer.json(400, "{}");
          }
        });
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
