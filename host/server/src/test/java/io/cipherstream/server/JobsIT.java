package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inferences that outlive their connection: made, left, found again, fetched, ended. */
@Tag("slow")
class JobsIT {

  private final SplittableRandom random =
      new SplittableRandom(Long.getLong("cipherstream.seed", System.nanoTime()));

  @TempDir private Path folder;
  private LoopbackModel model;

  @BeforeEach
  void model() throws IOException {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
  }

  private TestServer server(String... settings) {
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  private static TestClient client(TestServer server) {
    return server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
  }

  /** A good request that does not wait for its answer. */
  private InferCall call(TestClient client) {
    InferCall call = new InferCall(client, random);
    call.headers.put("Prefer", "respond-async");
    return call;
  }

  private static JsonObject accepted(InferCall.Answer answer) {
    assertThat(answer.status()).as(answer.headers().toString()).isEqualTo(202);
    assertThat(answer.headers()).containsEntry("preference-applied", "respond-async");
    JsonObject job = new JsonObject(Buffer.buffer(answer.body()));
    assertThat(answer.headers()).containsEntry("location", path(job));
    return job;
  }

  private static String path(JsonObject job) {
    return "/v2/jobs/" + job.getString("job");
  }

  private static JsonObject shown(TestClient client, JsonObject job, String... headers) {
    HttpResponse<String> answer = client.send("GET", path(job), TestClient.NOTHING, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static InferCall.Answer result(TestClient client, JsonObject job) throws IOException {
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(
          ("GET "
                  + path(job)
                  + "/result HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                  + client.apiKey
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      return InferCall.receive(socket);
    }
  }

  @Test
  void aClientThatLeavesComesBackForTheAnswer() throws Exception {
    model.gate = new Semaphore(0);
    try (TestServer server = server()) {
      TestClient client = client(server);
      InferCall call = call(client);
      JsonObject job = accepted(call.send()); // on a connection that is closed now
      assertThat(job.getString("session")).isEqualTo(client.session.getString("session"));
      assertThat(job.getString("inference")).isEqualTo(call.json.getString("id"));
      Eventually.holds(
          () -> shown(client, job).getString("state").equals("computing"), "its turn has come");
      assertThat(shown(client, job).getDouble("waitingSeconds")).isNotNegative();
      HttpResponse<String> early = client.get(path(job) + "/result");
      assertProblem(early, 409, "job-unfinished");
      assertThat(early.headers().firstValue("Retry-After")).isPresent();
      assertThat(shown(client, job, "Prefer", "wait=1").getString("state")).isEqualTo("computing");
      assertThat(server.appliance.connections()).as("nobody waits").isLessThan(2);
      model.gate.release(10);
      JsonObject done = shown(client, job, "Prefer", "wait=30");
      assertThat(done.getString("state")).isEqualTo("done");
      assertThat(done.containsKey("expires")).isTrue();
      InferCall.Answer answer = result(client, job);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(done.getInteger("bytes")).isEqualTo(answer.body().length);
      assertThat(answer.json().getString("id")).isEqualTo(call.json.getString("id"));
      for (byte[] tensor : answer.tensors()) {
        assertThat(Arrays.copyOfRange(tensor, tensor.length - 32, tensor.length))
            .isEqualTo(client.digest(tensor));
      }
      assertThat(result(client, job).body()).as("as often as asked").isEqualTo(answer.body());
      assertThat(client.send("DELETE", path(job), TestClient.NOTHING).statusCode()).isEqualTo(204);
      assertProblem(client.get(path(job)), 404, "job-unknown");
      assertThat(folder.resolve("data/jobs").toFile().list()).isEmpty();
      Eventually.holds(() -> model.openComputations.get() == 0, "nothing is held");
    }
  }

  @Test
  void theSameRequestFindsTheSameJobAndNobodyElseDoes() throws Exception {
    try (TestServer server = server()) {
      TestClient client = client(server);
      InferCall call = call(client);
      call.headers.put("Idempotency-Key", "\"j-1\"");
      JsonObject job = accepted(call.send());
      JsonObject again = accepted(call.send());
      assertThat(again.getString("job")).isEqualTo(job.getString("job"));
      InferCall other = call(client);
      other.headers.put("Idempotency-Key", "\"j-1\"");
      assertThat(other.send().slug()).isEqualTo("idempotency-mismatch");
      other.headers.put("Idempotency-Key", "\"j-2\"");
      JsonObject second = accepted(other.send());
      assertThat(second.getString("job")).isNotEqualTo(job.getString("job"));
      for (JsonObject each : List.of(job, second)) {
        assertThat(shown(client, each, "Prefer", "wait=30").getString("state")).isEqualTo("done");
      }
      assertThat(model.steps.get()).as("computed once each").isEqualTo(2);
      InferCall replay = call(client);
      replay.json.put("id", call.json.getString("id"));
      assertThat(replay.send().slug()).isEqualTo("round-replayed");

      TestClient stranger = server.client(TestServer.KEY_B);
      for (String path : List.of(path(job), path(job) + "/result")) {
        assertProblem(stranger.get(path), 404, "job-unknown");
      }
      assertProblem(stranger.send("DELETE", path(job), TestClient.NOTHING), 404, "job-unknown");
      assertThat(new JsonObject(stranger.get("/v2/jobs").body()).getJsonArray("jobs")).isEmpty();
      JsonArray own = new JsonObject(client.get("/v2/jobs").body()).getJsonArray("jobs");
      assertThat(own.stream().map(each -> ((JsonObject) each).getString("job")))
          .containsExactlyInAnyOrder(job.getString("job"), second.getString("job"));
    }
  }

  @Test
  void aJobIsEndedByItsOwnerAndWithItsSession() throws Exception {
    model.gate = new Semaphore(0);
    try (TestServer server = server("limits.inferencesPerTenantMax=2")) {
      TestClient client = client(server);
      JsonObject running = accepted(call(client).send());
      JsonObject waiting = accepted(call(client).send());
      assertThat(call(client).send().slug()).as("jobs are inferences").isEqualTo("quota-exceeded");
      assertThat(client.send("DELETE", path(waiting), TestClient.NOTHING).statusCode())
          .isEqualTo(204);
      assertProblem(client.get(path(waiting)), 404, "job-unknown");
      assertThat(client.send("DELETE", client.path(), TestClient.NOTHING).statusCode())
          .isEqualTo(204);
      JsonObject failed = shown(client, running, "Prefer", "wait=30");
      assertThat(failed.getString("state")).isEqualTo("failed");
      assertThat(failed.getJsonObject("problem").getString("type")).endsWith("session-unknown");
      assertProblem(client.get(path(running) + "/result"), 404, "session-unknown");
      model.gate.release(10);
      Eventually.holds(() -> model.openComputations.get() == 0, "nothing is held");
      assertThat(model.steps.get()).as("the waiting one was never computed").isEqualTo(1);
    }
  }

  /** Inputs that do not all come make no job. */
  @Test
  void aRequestThatBreaksOffMakesNoJob() throws Exception {
    try (TestServer server = server()) {
      TestClient client = client(server);
      InferCall call = call(client);
      call.headers.put("Idempotency-Key", "\"half\"");
      byte[] body = call.body();
      try (RawSocket raw = RawSocket.connect(client.port)) {
        raw.write(call.head(call.header().length, body.length));
        raw.write(Arrays.copyOf(body, body.length - 1000));
        Eventually.holds(
            () -> client.get("/metrics").body().contains("he_jobs 1.0"), "it is coming in");
        assertThat(call.send().slug()).as("while it comes in").isEqualTo("request-in-progress");
        assertThat(new JsonObject(client.get("/v2/jobs").body()).getJsonArray("jobs")).isEmpty();
      }
      Eventually.holds(() -> client.get("/metrics").body().contains("he_jobs 0.0"), "it is gone");
      InferCall fresh = call(client);
      fresh.headers.put("Idempotency-Key", "\"half\"");
      accepted(fresh.send());
    }
  }

  @Test
  void jobsAreBoundedAndTheirAnswersAreKeptForAWhile() throws Exception {
    try (TestServer server = server("limits.jobsPerTenantMax=2")) {
      TestClient client = client(server);
      JsonObject job = accepted(call(client).send());
      accepted(call(client).send());
      assertThat(call(client).send().problem().getString("limit")).isEqualTo("jobsPerTenantMax");
      shown(client, job, "Prefer", "wait=30");
    }
    try (TestServer server = server("limits.jobResultSeconds=1")) {
      TestClient client = client(server);
      JsonObject job = accepted(call(client).send());
      Eventually.holds(() -> client.get(path(job)).statusCode() == 404, "a second has passed");
    }
    try (TestServer server = server("limits.jobBytesPerTenantMax=100000")) {
      assertThat(call(client(server)).send().problem().getString("limit"))
          .isEqualTo("jobBytesPerTenantMax");
    }
  }

  /** Its end is told also where it cannot be stored; it would be computed for ever otherwise. */
  @Test
  void aJobEndsAlsoWhereItsEndCannotBeStored() throws Exception {
    model.gate = new Semaphore(0);
    try (TestServer server = server()) {
      TestClient client = client(server);
      JsonObject job = accepted(call(client).send());
      Path files = folder.resolve("data/jobs").resolve(job.getString("job"));
      try (Stream<Path> all = Files.list(files)) {
        for (Path each : all.toList()) {
          Files.delete(each);
        }
      }
      Files.delete(files);
      Files.writeString(files, "no folder");
      model.gate.release(10);
      assertThat(shown(client, job, "Prefer", "wait=30").getString("state")).isEqualTo("failed");
    }
  }

  /** Its inputs were there before, and still have their time. */
  @Test
  void aRepeatedRequestThatStallsIsNotAwaited() throws Exception {
    try (TestServer server = server("limits.roundDeadlineSeconds=1")) {
      TestClient client = client(server);
      InferCall call = call(client);
      call.headers.put("Idempotency-Key", "\"again\"");
      JsonObject job = accepted(call.send());
      assertThat(shown(client, job, "Prefer", "wait=30").getString("state")).isEqualTo("done");
      byte[] body = call.body();
      try (RawSocket raw = RawSocket.connect(client.port)) {
        raw.write(call.head(call.header().length, body.length));
        raw.write(Arrays.copyOf(body, body.length - 1000));
        assertThat(InferCall.receive(raw).slug()).isEqualTo("deadline-exceeded");
      }
    }
  }

  @Test
  void aJobKeepsToTheDeadlineOfAnInference() throws Exception {
    model.gate = new Semaphore(0);
    try (TestServer server = server("limits.inferenceDeadlineSeconds=1")) {
      TestClient client = client(server);
      JsonObject job = accepted(call(client).send());
      JsonObject failed = shown(client, job, "Prefer", "wait=30");
      assertThat(failed.getString("state")).isEqualTo("failed");
      assertThat(failed.getJsonObject("problem").getString("type")).endsWith("deadline-exceeded");
      model.gate.release(10);
    }
  }

  @Test
  void anAnswerOutlivesARestartAndALostJobSaysSo() throws Exception {
    JsonObject done;
    JsonObject lost;
    byte[] answer;
    JsonObject session;
    InferCall asked;
    Path killed = folder.resolve("killed");
    try (TestServer server = server()) {
      TestClient client = client(server);
      session = client.session;
      asked = call(client);
      asked.headers.put("Idempotency-Key", "\"j-1\"");
      done = accepted(asked.send());
      assertThat(shown(client, done, "Prefer", "wait=30").getString("state")).isEqualTo("done");
      answer = result(client, done).body();
      model.gate = new Semaphore(0);
      lost = accepted(call(client).send());
      copy(folder.resolve("data"), killed); // what kill -9 would leave
      model.gate.release(10);
    }
    try (TestServer server = TestServer.loopback(killed, model)) {
      TestClient client = server.client(TestServer.KEY_A);
      client.adopt(session);
      assertThat(result(client, done).body()).isEqualTo(answer);
      try (RawSocket socket = RawSocket.connect(client.port)) {
        JsonObject again = accepted(asked.send(socket, asked.header(), asked.body()));
        assertThat(again.getString("job")).as("asked again").isEqualTo(done.getString("job"));
      }
      JsonObject failed = shown(client, lost);
      assertThat(failed.getString("state")).isEqualTo("failed");
      assertThat(failed.getJsonObject("problem").getString("type")).endsWith("job-lost");
      assertProblem(client.get(path(lost) + "/result"), 410, "job-lost");
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }
}
