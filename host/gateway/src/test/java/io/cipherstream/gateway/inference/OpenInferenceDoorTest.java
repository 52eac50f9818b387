package io.cipherstream.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cipherstream.gateway.PlaintextModel;
import io.cipherstream.gateway.RunningGateway;
import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.gateway.door.StrictJson;
import io.cipherstream.model.Question;
import io.cipherstream.model.RandomTasks;
import io.cipherstream.model.Truncation;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol over REST: every kind of answer, both forms of tensors, refusals. */
class OpenInferenceDoorTest {

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void tellsWhatThereIs() throws Exception {
    JsonNode server = gateway.get("/v2").json();
    assertThat(server.path("name").asText()).isEqualTo("cipherstream-gateway");
    assertThat(server.path("extensions").get(0).asText()).isEqualTo("binary_tensor_data");
    assertThat(gateway.get("/v2/health/live").json().path("live").asBoolean()).isTrue();
    assertThat(gateway.get("/v2/health/ready").json().path("ready").asBoolean()).isTrue();
    assertThat(gateway.get("/v2/models/words/ready").status()).isEqualTo(200);
    assertThat(gateway.get("/v2/models").json().path("models")).hasSize(5);
    JsonNode model = gateway.get("/v2/models/classes/versions/1").json();
    assertThat(model.path("versions").get(0).asText()).isEqualTo("1");
    assertThat(model.path("inputs").get(0).path("datatype").asText()).isEqualTo("BYTES");
    assertThat(model.path("outputs"))
        .extracting(output -> output.path("name").asText())
        .containsExactly("logits", "probabilities", "label");
    assertThat(model.path("outputs").get(0).path("shape").toString()).isEqualTo("[-1,3]");
    assertThat(gateway.get("/v2/models/value").json().path("inputs"))
        .extracting(input -> input.path("name").asText())
        .containsExactly("text", "text_pair");
    assertThat(gateway.get("/v2/models/classes/versions/2").status()).isEqualTo(404);
  }

  @Test
  void givesLogitsProbabilitiesAndTheLabel() throws Exception {
    JsonNode json = infer("classes", request("a man eats", "new york"));
    assertThat(json.path("id").asText()).isEqualTo("7");
    for (int i = 0; i < 2; i++) {
      List<Double> own = row(gateway.classes, i == 0 ? "a man eats" : "new york");
      double sum = own.stream().mapToDouble(Math::exp).sum();
      for (int j = 0; j < 3; j++) {
        assertThat(number(json, "logits", 3 * i + j)).isCloseTo(own.get(j), within(1e-5));
        assertThat(number(json, "probabilities", 3 * i + j))
            .isCloseTo(Math.exp(own.get(j)) / sum, within(1e-6));
      }
      int best = own.indexOf(own.stream().max(Double::compare).orElseThrow());
      assertThat(output(json, "label").path("data").get(i).asText())
          .isEqualTo(List.of("no", "yes", "so").get(best));
    }
    assertThat(output(json, "logits").path("shape").toString()).isEqualTo("[2,3]");
  }

  @Test
  void givesEmbeddingsValuesAndAnyNumberOfLabels() throws Exception {
    JsonNode vector = infer("embedding", request("a man"));
    List<Double> own = row(gateway.embedding, "a man");
    assertThat(output(vector, "embedding").path("shape").toString()).isEqualTo("[1,32]");
    assertThat(number(vector, "embedding", 31)).isCloseTo(own.get(31), within(1e-6));
    ObjectNode pair = request("a man");
    pair.withArray("inputs").add(tensor("text_pair", "someone eats"));
    double value =
        gateway
            .value
            .answer(new Question.Pair("a man", "someone eats"), Truncation.REFUSE)
            .row()
            .get(0);
    assertThat(number(infer("value", pair), "value", 0)).isCloseTo(value, within(1e-5));
    JsonNode labels = infer("labels", request("a man lives in new york ."));
    List<Double> logits = row(gateway.labels, "a man lives in new york .");
    JsonNode holding =
        StrictJson.MAPPER.readTree(output(labels, "labels").path("data").get(0).asText());
    assertThat(holding).hasSize((int) logits.stream().filter(l -> l >= 0).count());
    for (int i = 0; i < 3; i++) {
      assertThat(number(labels, "probabilities", i))
          .isCloseTo(1 / (1 + Math.exp(-logits.get(i))), within(1e-6));
    }
  }

  @Test
  void givesALabelAWord() throws Exception {
    JsonNode json = infer("words", request("someone lives in new york", "a man eats"));
    assertThat(output(json, "words").path("data"))
        .extracting(JsonNode::asText)
        .containsExactly("someone", "lives", "in", "new", "york", "a", "man", "eats");
    assertThat(output(json, "text_index").path("data"))
        .extracting(JsonNode::asInt)
        .containsExactly(0, 0, 0, 0, 0, 1, 1, 1);
    assertThat(output(json, "word_labels").path("data"))
        .extracting(JsonNode::asText)
        .allMatch(RandomTasks.TAGS::contains);
    assertThat(output(json, "logits").path("shape").toString()).isEqualTo("[8,3]");
  }

  @Test
  void takesAndGivesBinaryTensors() throws Exception {
    byte[] text = "a man eats".getBytes(StandardCharsets.UTF_8);
    ByteBuffer raw = ByteBuffer.allocate(4 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.putInt(text.length).put(text);
    String json =
        """
        {"inputs":[{"name":"text","shape":[1,1],"datatype":"BYTES","parameters":{"binary_data_size":%d}}],
         "outputs":[{"name":"label","parameters":{"binary_data":false}},
                    {"name":"logits","parameters":{"binary_data":true}}]}
        """
            .formatted(raw.capacity());
    Answered answered = binary(json, raw.array());
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    int head = Integer.parseInt(answered.header("Inference-Header-Content-Length"));
    byte[] body = answered.response().body();
    JsonNode read = StrictJson.MAPPER.readTree(Arrays.copyOf(body, head));
    assertThat(read.path("outputs"))
        .extracting(output -> output.path("name").asText())
        .containsExactly("label", "logits");
    ByteBuffer logits = ByteBuffer.wrap(body, head, body.length - head);
    logits.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(logits.remaining()).isEqualTo(12);
    for (double own : row(gateway.classes, "a man eats")) {
      assertThat((double) logits.getFloat()).isCloseTo(own, within(1e-5));
    }
    assertThat(read.path("outputs").get(0).path("data").get(0).asText()).isIn("no", "yes", "so");
  }

  @Test
  void cutsOnlyIfAsked() throws Exception {
    ObjectNode long_ = request("a ".repeat(60));
    assertThat(gateway.post("/v2/models/classes/infer", long_.toString()).status()).isEqualTo(400);
    long_.putObject("parameters").put("truncate", true);
    assertThat(gateway.post("/v2/models/classes/infer", long_.toString()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                                                           | 'inputs' is missing
          {"inputs":[]}                                                                                | expected 1 to 2
          {"inputs":[7]}                                                                               | an object
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES"}]}                                  | 'data' is missing
          {"inputs":[{"name":"text","shape":[2],"datatype":"BYTES","data":["a"]}]}                     | another number of texts
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["a","b"]}]}                 | another number of texts
          {"inputs":[{"name":"text","shape":[1,2],"datatype":"BYTES","data":["a","b"]}]}               | [N] or [N, 1]
          {"inputs":[{"name":"text","shape":[-1],"datatype":"BYTES","data":["a"]}]}                    | [N] or [N, 1]
          {"inputs":[{"name":"text","shape":[99999999999],"datatype":"BYTES","data":["a"]}]}           | [N] or [N, 1]
          {"inputs":[{"name":"text","shape":["1"],"datatype":"BYTES","data":["a"]}]}                   | whole numbers
          {"inputs":[{"name":"text","shape":[1],"datatype":"INT64","data":[101]}]}                     | texts go in as BYTES
          {"inputs":[{"name":"input_ids","shape":[1],"datatype":"BYTES","data":["a"]}]}                | expected 'text'
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":[["a","b"]]}]}               | an array: expected a text
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["a"]}],"outputs":[{"name":"x"}]} | its outputs are
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":9}}]}   | 0 bytes are left
          {"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":["a"]},{"name":"text_pair","shape":[2],"datatype":"BYTES","data":["a","b"]}]} | as many of both
          """)
  void refusesInItsOwnForm(String body, String message) throws Exception {
    Answered answered = gateway.post("/v2/models/classes/infer", body);
    assertThat(answered.status()).as(answered.text()).isEqualTo(400);
    assertThat(answered.json()).hasSize(1);
    assertThat(answered.json().path("error").asText()).contains(message);
  }

  @Test
  void refusesBrokenBinaryTensors() throws Exception {
    String json =
        "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":"
            + "{\"binary_data_size\":5}}]}";
    assertThat(binary(json, new byte[] {9, 0, 0, 0, 'a'}).text()).contains("ends within text 1");
    assertThat(binary(json, new byte[] {-1, -1, -1, -1, 'a'}).text()).contains("ends within");
    assertThat(binary(json, new byte[] {0, 0, 0, 0, 'a'}).text()).contains("behind its last text");
    assertThat(binary(json, new byte[] {1, 0, 0, 0, -1}).text()).contains("not UTF-8");
    assertThat(binary(json, new byte[] {1, 0, 0, 0, 'a', 'b'}).text()).contains("no input");
    Answered wrong =
        gateway.send(
            gateway
                .request("/v2/models/classes/infer")
                .header("Inference-Header-Content-Length", "99999")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text()).contains("at most the body's");
  }

  @Test
  void refusesAnUnknownModelAndAnotherType() throws Exception {
    Answered unknown = gateway.post("/v2/models/other/infer", request("a").toString());
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().path("error").asText()).contains("classes");
    Answered typed =
        gateway.send(
            gateway
                .request("/v2/models/classes/infer")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(request("a").toString())));
    assertThat(typed.status()).isEqualTo(415);
  }

  private static JsonNode infer(String model, ObjectNode request) throws Exception {
    Answered answered = gateway.post("/v2/models/" + model + "/infer", request.toString());
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    assertThat(answered.json().path("model_name").asText()).isEqualTo(model);
    return answered.json();
  }

  private static Answered binary(String json, byte[] tensors) throws Exception {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(head, head.length + tensors.length);
    System.arraycopy(tensors, 0, body, head.length, tensors.length);
    return gateway.send(
        gateway
            .request("/v2/models/classes/infer")
            .header("Inference-Header-Content-Length", Integer.toString(head.length))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private static ObjectNode request(String... texts) {
    ObjectNode json = StrictJson.MAPPER.createObjectNode().put("id", "7");
    json.putArray("inputs").add(tensor("text", texts));
    return json;
  }

  private static ObjectNode tensor(String name, String... texts) {
    ObjectNode tensor = StrictJson.MAPPER.createObjectNode().put("name", name);
    tensor.put("datatype", "BYTES").putArray("shape").add(texts.length);
    for (String text : texts) {
      tensor.withArray("data").add(text);
    }
    return tensor;
  }

  private static List<Double> row(PlaintextModel model, String text) {
    return model.answer(new Question.Text(text), Truncation.REFUSE).row();
  }

  private static JsonNode output(JsonNode answer, String name) {
    for (JsonNode output : answer.path("outputs")) {
      if (output.path("name").asText().equals(name)) {
        return output;
      }
    }
    throw new AssertionError("no output " + name + " in " + answer);
  }

  private static double number(JsonNode answer, String name, int at) {
    return output(answer, name).path("data").get(at).asDouble();
  }
}
