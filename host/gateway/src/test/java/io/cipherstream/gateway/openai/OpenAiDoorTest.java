package io.cipherstream.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.RunningGateway;
import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings in the form of OpenAI, and its refusals. */
class OpenAiDoorTest {

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
  void embedsATextAsTheModelDoes() throws Exception {
    Answered answered =
        gateway.post(
            "/v1/embeddings", "{'model':'embedding','input':'a man eats'}".replace('\'', '"'));
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    JsonNode json = answered.json();
    assertThat(json.path("object").asText()).isEqualTo("list");
    assertThat(json.path("model").asText()).isEqualTo("embedding");
    assertThat(json.path("usage").path("prompt_tokens").asInt()).isEqualTo(5);
    assertThat(json.path("usage").path("total_tokens").asInt()).isEqualTo(5);
    JsonNode item = json.path("data").path(0);
    assertThat(item.path("object").asText()).isEqualTo("embedding");
    assertThat(item.path("index").asInt()).isZero();
    List<Double> own = own("a man eats");
    assertThat(item.path("embedding")).hasSize(own.size());
    for (int i = 0; i < own.size(); i++) {
      assertThat(item.path("embedding").get(i).asDouble()).isCloseTo(own.get(i), within(1e-6));
    }
  }

  @Test
  void embedsSeveralTextsInTheirOrderAsBase64() throws Exception {
    Answered answered =
        gateway.post(
            "/v1/embeddings",
            """
            {"model":"embedding","input":["a man","new york"],"encoding_format":"base64","user":"u"}
            """);
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    JsonNode data = answered.json().path("data");
    assertThat(data).hasSize(2);
    for (int i = 0; i < 2; i++) {
      List<Double> own = own(i == 0 ? "a man" : "new york");
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(data.get(i).path("embedding").asText()))
              .order(ByteOrder.LITTLE_ENDIAN);
      assertThat(data.get(i).path("index").asInt()).isEqualTo(i);
      assertThat(bytes.remaining()).isEqualTo(4 * own.size());
      for (double value : own) {
        assertThat((double) bytes.getFloat()).isCloseTo(value, within(1e-6));
      }
    }
  }

  @Test
  void fewerDimensionsHaveLengthOneAgain() throws Exception {
    Answered answered =
        gateway.post(
            "/v1/embeddings", "{\"model\":\"embedding\",\"input\":\"a man\",\"dimensions\":8}");
    JsonNode vector = answered.json().path("data").path(0).path("embedding");
    List<Double> own = own("a man");
    double length =
        Math.sqrt(own.subList(0, 8).stream().flatMapToDouble(v -> DoubleStream.of(v * v)).sum());
    assertThat(vector).hasSize(8);
    for (int i = 0; i < 8; i++) {
      assertThat(vector.get(i).asDouble()).isCloseTo(own.get(i) / length, within(1e-6));
    }
  }

  @Test
  void listsTheModels() throws Exception {
    JsonNode list = gateway.get("/v1/models").json();
    assertThat(list.path("object").asText()).isEqualTo("list");
    assertThat(list.path("data"))
        .extracting(model -> model.path("id").asText())
        .containsExactly("embedding", "classes", "labels", "value", "words");
    JsonNode one = gateway.get("/v1/models/embedding").json();
    assertThat(one.path("object").asText()).isEqualTo("model");
    assertThat(one.path("created").asLong()).isPositive();
    assertThat(gateway.get("/v1/models/other").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"model":"other","input":"a"}                                  | 404 | model_not_found | embedding, classes
          {"input":"a"}                                                  | 400 | invalid         | 'model' is missing
          {"model":"embedding"}                                          | 400 | invalid         | 'input' is missing
          {"model":"embedding","input":[1,2,3]}                          | 400 | invalid         | tokens: expected texts
          {"model":"embedding","input":[[1,2],[3]]}                      | 400 | invalid         | tokens: expected texts
          {"model":"embedding","input":[]}                               | 400 | invalid         | at least one text
          {"model":"embedding","input":["a",7]}                          | 400 | invalid         | a number: expected a text
          {"model":"embedding","input":{"a":1}}                          | 400 | invalid         | an object: expected an array
          {"model":"embedding","input":""}                               | 400 | input           | no word pieces
          {"model":"embedding","input":"a","dimensions":0}               | 400 | invalid         | expected 1 to 32
          {"model":"embedding","input":"a","dimensions":33}              | 400 | invalid         | expected 1 to 32
          {"model":"embedding","input":"a","dimensions":2.5}             | 400 | invalid         | whole number
          {"model":"embedding","input":"a","encoding_format":"hex"}      | 400 | invalid         | float or base64
          {"model":"embedding","input":NaN}                              | 400 | malformed       | line 1
          {"model":"embedding","input":"a"} {}                           | 400 | malformed       | not JSON
          {"model":"embedding","model":"classes","input":"a"}            | 400 | malformed       | not JSON
          {"model":"embedding","input":"a                                | 400 | malformed       | not JSON
          ["model"]                                                      | 400 | malformed       | not a JSON object
          {"model":"classes","input":"a"}                                | 400 | wrong_model     | gives a label
          """)
  void refusesInItsOwnForm(String body, int status, String code, String message) throws Exception {
    Answered answered = gateway.post("/v1/embeddings", body);
    assertThat(answered.status()).as(answered.text()).isEqualTo(status);
    JsonNode error = answered.json().path("error");
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("message").asText()).contains(message);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.has("param")).isTrue();
  }

  @Test
  void refusesTooManyAndTooLongTexts() throws Exception {
    String many = "\"a\",".repeat(64) + "\"a\"";
    Answered answered =
        gateway.post("/v1/embeddings", "{\"model\":\"embedding\",\"input\":[" + many + "]}");
    assertThat(answered.status()).isEqualTo(413);
    assertThat(answered.text()).contains("65 texts", "at most 64");
    answered =
        gateway.post(
            "/v1/embeddings",
            "{\"model\":\"embedding\",\"input\":\"" + "a ".repeat(20_000) + "\"}");
    assertThat(answered.status()).isEqualTo(413);
    answered =
        gateway.post(
            "/v1/embeddings", "{\"model\":\"embedding\",\"input\":\"" + "a ".repeat(100) + "\"}");
    assertThat(answered.status()).isEqualTo(400);
    assertThat(answered.json().path("error").path("code").asText()).isEqualTo("input");
    assertThat(answered.text()).contains("20");
  }

  @Test
  void anUnknownPathAndMethodHaveItsForm() throws Exception {
    assertThat(gateway.get("/v1/chat").json().path("error").path("code").asText())
        .isEqualTo("not_found");
    Answered answered = gateway.get("/v1/embeddings");
    assertThat(answered.status()).isEqualTo(405);
    assertThat(answered.json().path("error").path("code").asText()).isEqualTo("method_not_allowed");
  }

  private static List<Double> own(String text) {
    return gateway.embedding.answer(new Question.Text(text), Truncation.REFUSE).row();
  }
}
