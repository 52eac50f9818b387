package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.intervals.IntervalMode;
import io.cipherstream.intervals.IntervalPlan;
import io.cipherstream.intervals.Plane;
import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.serving.RepositoryLoader;
import io.cipherstream.transformer.CiphertextSpec;
import io.cipherstream.wire.EnvelopePosition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tracks and queries of them on a real engine, with random words in the place of secrets. */
@Tag("native")
@Tag("slow")
class TracksIT {

  private static final IntervalPlan PAIR = new IntervalPlan(IntervalMode.PAIR, 1);
  private static final IntervalPlan SINGLE = new IntervalPlan(IntervalMode.SINGLE, 1);

  @TempDir private Path folder;
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private RepositoryLoader loader;
  private TestServer server;
  private TestClient a;

  @BeforeEach
  void start() {
    server = serve();
    a = server.client(TestServer.KEY_A).createSession("intervals").uploadKeys();
  }

  private TestServer serve() {
    Map<String, String> settings =
        Map.of(
            "generateApiKey", "true",
            "dataDirectory", "'" + folder.resolve("data") + "'",
            "modelDirectories", "['" + folder + "']",
            "models", "[intervals]",
            "compute.engine", "seal-limb");
    loader = new RepositoryLoader(ConfigLoader.load(null, Map.of(), settings), workers);
    // Room for two tracks of one chunk.
    return new TestServer(
        folder.resolve("data"), loader, "limits.trackBytesPerTenantMax=" + 6 * 129_312);
  }

  @AfterEach
  void stop() {
    server.close();
    loader.close();
    workers.shutdownNow();
  }

  private static String id(int number) {
    return String.format("%032x", number);
  }

  private static JsonObject request(TestClient client, String id, int chunks) {
    return new JsonObject()
        .put("track", id)
        .put("session", client.session.getString("session"))
        .put("chunks", chunks);
  }

  private byte[] envelope(String id, int index) {
    CiphertextSpec spec = spec(Plane.values()[index]);
    return a.ciphertext(
        new EnvelopePosition(HexFormat.of().parseHex(id), -1, index),
        spec,
        a.bytes(64),
        a.words(spec.limbs(), false));
  }

  private static CiphertextSpec spec(Plane plane) {
    return new CiphertextSpec(plane.form().limbs(), plane.form().scale());
  }

  private HttpResponse<String> put(String id, int index, byte[] envelope) {
    return a.send("PUT", "/v2/tracks/" + id + "/" + index, BodyPublishers.ofByteArray(envelope));
  }

  private String loaded(int number) {
    String id = id(number);
    assertThat(a.post("/v2/tracks", request(a, id, 1)).statusCode()).isEqualTo(201);
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> stored = put(id, i, envelope(id, i));
      assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
      assertThat(new JsonObject(stored.body()).getInteger("missing")).isEqualTo(2 - i);
    }
    return id;
  }

  private InferCall query(IntervalPlan plan, String... tracks) {
    InferCall call = new InferCall(a, new SplittableRandom(System.nanoTime()));
    call.path = "/v2/models/intervals/infer";
    call.envelopes.clear();
    plan.inputs()
        .forEach(
            form ->
                call.add(call.envelopes.size(), new CiphertextSpec(form.limbs(), form.scale())));
    call.parameters()
        .put("mode", plan.mode().label())
        .put("tokenClass", plan.chunks())
        .put("planDigest", plan.digestHex())
        .put("tracks", new JsonArray(List.of(tracks)));
    return call;
  }

  @Test
  void aTrackIsQueriedListedAndDeletedAndOutlivesSessionAndRestart() throws Exception {
    String first = loaded(1);
    String second = loaded(2);
    assertThat(a.get("/metrics").body())
        .as("ciphertexts of tracks are usage too")
        .contains("he_tenant_wire_bytes_total{direction=\"in\",tenant=\"a\"} " + 6.0 * 129_312);
    InferCall.Answer answer = query(PAIR, first, second).send();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.tensors()).hasSize(1);
    assertThat(answer.json().getJsonObject("parameters").getString("engine"))
        .isEqualTo("seal-limb");
    assertThat(query(SINGLE, first).send().status()).isEqualTo(200);
    String metrics = server.client(TestServer.KEY_C).get("/metrics").body();
    assertThat(metrics).contains("he_track_bytes 0");
    assertThat(a.get("/metrics").body())
        .contains("he_tracks 2")
        .as("nothing of the appliance's is in an answer, so none is counted")
        .doesNotContain("he_answers_today{");
    a.send("DELETE", a.path(), TestClient.NOTHING);
    server.close();
    loader.close();

    server = serve();
    a = server.client(TestServer.KEY_A).createSession("intervals").uploadKeys();
    JsonArray kept = new JsonObject(a.get("/v2/tracks").body()).getJsonArray("tracks");
    assertThat(kept.size()).isEqualTo(2);
    assertThat(kept.getJsonObject(0).getBoolean("ready")).isTrue();
    assertThat(query(PAIR, first, second).send().status()).isEqualTo(200);
    assertThat(a.send("DELETE", "/v2/tracks/" + first, TestClient.NOTHING).statusCode())
        .isEqualTo(204);
    assertThat(folder.resolve("data/tracks").resolve(first)).doesNotExist();
    assertThat(query(PAIR, first, second).send().slug()).isEqualTo("track-unknown");
    assertProblem(a.get("/v2/tracks/" + first), 404, "track-unknown");
  }

  @Test
  void whatIsDoneWithTracksIsOnRecord() throws Exception {
    String id = loaded(1);
    a.send("DELETE", "/v2/tracks/" + id, TestClient.NOTHING);
    server.close();
    loader.close();
    server = serve();
    assertThat(Files.readAllLines(folder.resolve("data/audit/audit.log")))
        .map(JsonObject::new)
        .filteredOn(entry -> entry.getString("object").equals(id))
        .extracting(entry -> entry.getString("action") + " " + entry.getString("outcome"))
        .containsExactly(
            "createTrack ok",
            "putTrackCiphertext ok",
            "putTrackCiphertext ok",
            "putTrackCiphertext ok",
            "deleteTrack ok");
  }

  @Test
  void tracksOfAnotherTenantAreUnknown() throws Exception {
    String own = loaded(1);
    TestClient b = server.client(TestServer.KEY_B).createSession("intervals").uploadKeys();
    assertThat(new JsonObject(b.get("/v2/tracks").body()).getJsonArray("tracks").isEmpty())
        .isTrue();
    assertProblem(b.get("/v2/tracks/" + own), 404, "track-unknown");
    assertProblem(b.send("DELETE", "/v2/tracks/" + own, TestClient.NOTHING), 404, "track-unknown");
    assertProblem(
        b.send("PUT", "/v2/tracks/" + own + "/0", BodyPublishers.ofByteArray(envelope(own, 0))),
        404,
        "track-unknown");
    assertProblem(b.post("/v2/tracks", request(a, id(9), 1)), 404, "session-unknown");
    a = b;
    assertThat(query(SINGLE, own).send().slug()).isEqualTo("track-unknown");
  }

  @Test
  void anEnvelopeForAnotherPlaceIsRefused() {
    String id = loaded(1);
    assertProblem(put(id, 0, envelope(id, 1)), 409, "round-out-of-order");
    assertProblem(put(id, 0, envelope(id(2), 0)), 409, "round-replayed");
    assertProblem(put(id, 3, envelope(id, 0)), 400, "request-invalid");
    assertProblem(put(id, 0, new byte[100]), 422, "ciphertext-invalid");
    assertProblem(put(id, 0, new byte[200_000]), 413, "too-large");
    byte[] changed = envelope(id, 0);
    changed[500] ^= 1;
    assertProblem(put(id, 0, changed), 422, "ciphertext-invalid");
    assertThat(new JsonObject(a.get("/v2/tracks/" + id).body()).getBoolean("ready"))
        .as("the good one stays")
        .isTrue();
  }

  @Test
  void aQueryNamesWholeTracksOfItsSize() throws Exception {
    String whole = loaded(1);
    assertThat(a.post("/v2/tracks", request(a, id(2), 1)).statusCode()).isEqualTo(201);
    InferCall.Answer answer = query(PAIR, whole, id(2)).send();
    assertThat(answer.slug()).isEqualTo("track-incomplete");
    assertThat(answer.problem().getString("received")).contains("3 ciphertexts missing");
    assertThat(query(PAIR, whole).send().slug()).isEqualTo("request-invalid");
    assertThat(query(SINGLE, whole, whole).send().slug()).isEqualTo("request-invalid");
    assertThat(query(new IntervalPlan(IntervalMode.SINGLE, 2), whole).send().slug())
        .isEqualTo("request-invalid");
    assertThat(query(SINGLE, "zz").send().slug()).isEqualTo("request-invalid");
  }

  @Test
  void aTenantAtItsLimitIsToldWhich() {
    loaded(1);
    loaded(2);
    JsonObject problem =
        assertProblem(a.post("/v2/tracks", request(a, id(3), 1)), 429, "quota-exceeded");
    assertThat(problem.getString("limit")).isEqualTo("trackBytesPerTenantMax");
    assertThat(problem.getString("expected")).contains("(trackBytesPerTenantMax)");
  }

  @Test
  void theSameRequestFindsTheSameTrackAndAnotherIsRefused() {
    assertThat(a.post("/v2/tracks", request(a, id(1), 1)).statusCode()).isEqualTo(201);
    assertThat(a.post("/v2/tracks", request(a, id(1), 1)).statusCode()).isEqualTo(201);
    assertProblem(a.post("/v2/tracks", request(a, id(1), 2)), 400, "request-invalid");
    assertProblem(a.post("/v2/tracks", request(a, id(2), 3)), 400, "request-invalid");
    assertProblem(a.post("/v2/tracks", request(a, "x", 1)), 400, "request-invalid");
    assertProblem(a.get("/v2/models/intervals/client-package"), 404, "not-found");
  }

  @Test
  void aDamagedFileIsNoticedAndCountsAsMissing() throws Exception {
    String id = loaded(1);
    Path file = folder.resolve("data/tracks").resolve(id).resolve("0.ct");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    assertThat(query(SINGLE, id).send().slug()).isEqualTo("track-incomplete");
    assertThat(new JsonObject(a.get("/v2/tracks/" + id).body()).getInteger("missing")).isOne();
    assertThat(put(id, 0, envelope(id, 0)).statusCode()).isEqualTo(200);
    assertThat(query(SINGLE, id).send().status()).isEqualTo(200);
  }
}
