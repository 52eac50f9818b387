package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Inferences in one request: bad bodies and bad JSON, one test a case, named after it. */
@Tag("slow")
class InferBodyIT extends InferCase {

  @Test
  void withoutHeaderLength() throws Exception {
    InferCall call = call();
    call.headers.put("Inference-Header-Content-Length", "");
    assertThat(refused(call, 400, "request-invalid").problem().getString("received"))
        .isEqualTo("a request without Inference-Header-Content-Length");
    for (String bad : List.of("0", "-1", "1e3", "0x10", "99999999999999999999")) {
      call.headers.put("Inference-Header-Content-Length", bad);
      refused(call, 400, "request-invalid");
    }
  }

  @Test
  void headerTooLong() throws Exception {
    InferCall call = call();
    call.headers.put("Inference-Header-Content-Length", "4097");
    assertThat(refused(call, 413, "too-large").problem().getString("limit"))
        .isEqualTo("requestBytesMax");
  }

  @Test
  void bodyTooLong() throws Exception {
    InferCall call = call();
    call.headers.put("Content-Length", "1000000000000");
    refused(call, 413, "too-large");
  }

  @Test
  void emptyBody() throws Exception {
    refused(call().send(call().header(), new byte[0]), 400, "request-invalid");
  }

  @Test
  void bodyWithoutLength() throws Exception {
    InferCall call = call();
    call.headers.put("Content-Length", "");
    call.headers.put("Transfer-Encoding", "chunked");
    byte[] chunk = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    refused(call.send(call.header(), chunk), 411, "length-required");
  }

  @Test
  void surplusBytes() throws Exception {
    InferCall call = call();
    byte[] body = Arrays.copyOf(call.body(), call.body().length + 1);
    assertThat(
            refused(call.send(call.header(), body), 400, "request-invalid")
                .problem()
                .getString("expected"))
        .contains(body.length - 1 + " bytes");
  }

  @Test
  void lengthsThatDisagree() throws Exception {
    InferCall call = call();
    byte[] body = call.body();
    refused(call.send(call.header(), Arrays.copyOf(body, body.length - 1)), 400, "request-invalid");
    byte[] header = call.header();
    refused(call.send(Arrays.copyOf(header, header.length - 1), body), 400, "request-invalid");
    refusedJson(c -> c.input(0).getJsonObject("parameters").put("binary_data_size", 5), "shape");
  }

  @Test
  void truncatedBody() throws Exception {
    InferCall call = call();
    byte[] body = call.body();
    int steps = model.steps.get();
    for (int length : new int[] {0, 10, call.header().length, call.header().length + 5, 200_000}) {
      InferCall each = call();
      try (RawSocket socket = RawSocket.connect(client.port)) {
        socket.write(each.head(each.header().length, each.body().length));
        socket.write(Arrays.copyOf(each.body(), length));
        socket.socket.shutdownOutput();
        assertThat(InferCall.receive(socket).status()).as("%d of %d", length, body.length).isZero();
      }
    }
    Eventually.holds(() -> server.appliance.connections() <= 1, "connections are closed");
    assertThat(model.steps.get()).isEqualTo(steps);
  }

  @Test
  void bodyThatNeverComes() throws Exception {
    InferCall call = call();
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(call.header().length, call.body().length));
      InferCall.Answer answer = refused(InferCall.receive(socket), 408, "deadline-exceeded");
      assertThat(answer.problem().getString("limit")).isEqualTo("requestDeadlineSeconds");
      assertThat(answer.headers().get("connection")).isEqualTo("close");
    }
  }

  @Test
  void envelopesThatNeverCome() throws Exception {
    InferCall call = call();
    try (RawSocket socket = RawSocket.connect(client.port)) {
      socket.write(call.head(call.header().length, call.body().length));
      socket.write(Arrays.copyOf(call.body(), 150_000));
      InferCall.Answer answer = refused(InferCall.receive(socket), 408, "deadline-exceeded");
      assertThat(answer.problem().getString("limit")).isEqualTo("roundDeadlineSeconds");
    }
  }

  @Test
  void headerThatIsNoJsonObject() throws Exception {
    InferCall call = call();
    for (String bad :
        List.of("[]", "{", "null", "{}{}", "\"a\"", "{\"id\":\"\u00ff", "[".repeat(4000))) {
      byte[] header = bad.getBytes(StandardCharsets.ISO_8859_1);
      refused(call.send(header, header), 400, "request-invalid");
    }
  }

  @Test
  void memberThatIsNotKnownMissingOrOfAnotherType() throws Exception {
    refusedJson(c -> c.json.put("priority", 1), "priority");
    refusedJson(c -> c.parameters().put("binary", true), "binary");
    refusedJson(c -> c.input(1).put("data", new JsonArray().add(1)), "data");
    refusedJson(c -> c.json.remove("id"), "id 'null'");
    refusedJson(c -> c.json.put("id", "ABCDEF"), "id 'ABCDEF'");
    refusedJson(c -> c.json.put("parameters", 5), "parameters '5'");
    refusedJson(c -> c.parameters().put("tokenClass", "29"), "tokenClass '29'");
    refusedJson(c -> c.parameters().put("tokenClass", 29.5), "tokenClass '29.5'");
    refusedJson(c -> c.parameters().remove("session"), "session 'null'");
    refusedJson(c -> c.json.put("inputs", new JsonObject()), "inputs");
    refusedJson(c -> c.json.getJsonArray("inputs").set(0, "input0"), "inputs[0]");
    refusedJson(c -> c.input(0).put("datatype", "BYTES"), "UINT8");
    refusedJson(c -> c.input(0).put("shape", new JsonArray().add(1).add(90_400)), "shape");
    refusedJson(c -> c.input(0).put("shape", new JsonArray().add(90_401)), "shape");
    refusedJson(c -> c.parameters().put("binary_data_output", false), "answers are binary");
  }

  @Test
  void tensorsOfAnotherNumberOrName() throws Exception {
    refusedJson(c -> c.json.getJsonArray("inputs").remove(2), "2 inputs");
    refusedJson(c -> c.json.put("inputs", new JsonArray()), "0 inputs");
    refusedJson(c -> c.add(3, LoopbackModel.SHAPE), "4 inputs");
    refusedJson(c -> c.input(1).put("name", "input2"), "input2");
    refusedJson(
        c -> c.json.put("outputs", new JsonArray().add(new JsonObject().put("name", "output0"))),
        "1 outputs");
  }
}
