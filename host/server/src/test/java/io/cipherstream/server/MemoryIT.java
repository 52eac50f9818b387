package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static io.cipherstream.server.ExpectProblem.assertType;
import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.server.serving.InferenceBytes;
import io.cipherstream.server.serving.RequiredKeys;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory is counted in bytes before it is taken: keys in use and stalled inferences too. */
@Tag("slow")
class MemoryIT {

  @TempDir private Path folder;
  private LoopbackModel model;
  private long keys;
  private long inference;

  @BeforeEach
  void sizes() throws Exception {
    model = new LoopbackModel(Files.writeString(folder.resolve("client.zip"), "zip"), 1);
    keys = new RequiredKeys(LoopbackModel.PARAMETERS, model.plans()).loadedBytes();
    inference = InferenceBytes.most(model.plans().get(0));
  }

  private TestServer server(String... settings) {
    return TestServer.loopback(folder.resolve("data"), model, settings);
  }

  private String[] roomForOneKeySet(String... more) {
    String[] all = new String[more.length + 2];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "limits.keyMemoryBytesMax=" + keys * 3 / 2;
    all[more.length + 1] = "limits.keyMemoryBytesPerTenantMax=" + keys * 3 / 2;
    return all;
  }

  @Test
  void keysThatWereEvictedAreReadFromDiskAgain() throws Exception {
    try (TestServer server = server(roomForOneKeySet())) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      for (TestClient client : new TestClient[] {a, b, a, b}) {
        try (TestSocket s = client.socket().start()) {
          s.inputs();
          s.rest();
        }
      }
      assertThat(model.openKeys.get()).isEqualTo(1);
      assertThat(model.keyLoads.get()).isEqualTo(4);
    }
    assertThat(model.openKeys.get()).isZero();
  }

  @Test
  void anInferenceWhoseKeysDoNotFitWaitsForThoseInUse() throws Exception {
    try (TestServer server = server(roomForOneKeySet())) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket first = a.socket().start();
          TestSocket second = b.socket().start()) {
        first.inputs();
        first.text("round");
        first.ciphertext(0, 0, LoopbackModel.SHAPE);
        second.inputs();
        Eventually.holds(() -> value(b, "he_key_waiting") == 1, "the second waits");
        assertThat(model.openKeys.get()).isEqualTo(1);
        assertThat(value(b, "he_loaded_key_bytes"))
            .isLessThanOrEqualTo(value(b, "he_memory_keys_bytes_max"));
        first.send(0, 0);
        first.afterFirstRound();
        second.rest();
      }
      assertThat(model.openKeys.get()).isEqualTo(1);
    }
  }

  @Test
  void whoWaitsTooLongForRoomIsToldWhichLimitItWas() throws Exception {
    try (TestServer server = server(roomForOneKeySet("limits.keyWaitSeconds=1"))) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket first = a.socket().start();
          TestSocket second = b.socket().start()) {
        first.inputs();
        first.text("round");
        second.inputs();
        JsonObject problem = second.problem();
        assertType(problem, "overloaded");
        assertThat(problem.getString("limit")).isEqualTo("keyMemoryBytesMax");
        assertThat(problem.getInteger("retryAfterSeconds")).isPositive();
      }
    }
  }

  @Test
  void aStalledInferenceCountsWithAllItMayHold() throws Exception {
    try (TestServer server =
        server(
            "limits.inferenceBytesMax=" + inference * 5 / 2,
            "limits.inferenceBytesPerTenantMax=" + inference * 3 / 2)) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket stalled = a.socket().start()) {
        stalled.text("accepted");
        refused(a, "quota-exceeded", "inferenceBytesPerTenantMax");
        try (TestSocket other = b.socket().start()) {
          other.text("accepted");
          assertThat(value(a, "he_inference_bytes"))
              .isEqualTo(2.0 * inference)
              .isLessThanOrEqualTo(value(a, "he_memory_inferences_bytes_max"));
        }
      }
      Eventually.holds(() -> value(a, "he_inference_bytes") == 0, "the bytes are given back");
    }
  }

  @Test
  void allInferencesTogetherAreBounded() throws Exception {
    try (TestServer server =
        server(
            "limits.inferenceBytesMax=" + inference * 3 / 2,
            "limits.inferenceBytesPerTenantMax=" + inference * 3 / 2)) {
      TestClient a = server.client(TestServer.KEY_A).createSession("loopback").uploadKeys();
      TestClient b = server.client(TestServer.KEY_B).createSession("loopback").uploadKeys();
      try (TestSocket stalled = a.socket().start()) {
        stalled.text("accepted");
        refused(b, "overloaded", "inferenceBytesMax");
      }
    }
  }

  @Test
  void aSessionWhoseKeysNeverFitIsRefusedWhenItIsMade() throws Exception {
    try (TestServer server = server("limits.keyMemoryBytesMax=" + (keys - 1))) {
      TestClient a = server.client(TestServer.KEY_A);
      JsonObject problem =
          assertProblem(a.post("/v2/sessions", a.newSession("loopback")), 413, "too-large");
      assertThat(problem.getString("limit")).isEqualTo("keyMemoryBytesPerTenantMax");
    }
  }

  private static void refused(TestClient client, String type, String limit) {
    try (TestSocket s = client.socket().start()) {
      JsonObject problem = s.problem();
      assertType(problem, type);
      assertThat(problem.getString("limit")).isEqualTo(limit);
      assertThat(problem.getInteger("retryAfterSeconds")).isPositive();
    }
  }

  private static double value(TestClient client, String gauge) {
    Matcher line =
        Pattern.compile("^" + gauge + " (\\S+)$", Pattern.MULTILINE)
            .matcher(client.get("/metrics").body());
    assertThat(line.find()).as(gauge).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
