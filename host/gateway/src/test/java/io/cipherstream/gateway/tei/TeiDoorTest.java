package io.cipherstream.gateway.tei;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.RunningGateway;
import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text Embeddings Inference: the shapes of its published interface, and its refusals. */
class TeiDoorTest {

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
  void embeds() throws Exception {
    JsonNode one = answer("/embed", "{\"inputs\":\"a man eats\"}");
    List<Double> own =
        gateway.embedding.answer(new Question.Text("a man eats"), Truncation.REFUSE).row();
    assertThat(one).hasSize(1);
    assertThat(one.get(0)).hasSize(own.size());
    assertThat(one.get(0).get(3).asDouble()).isCloseTo(own.get(3), within(1e-6));
    assertThat(answer("/tei/embedding/embed", "{\"inputs\":[\"a\",\"man\"]}")).hasSize(2);
    String long_ = "a ".repeat(60);
    assertThat(answer("/embed", "{\"inputs\":\"" + long_ + "\",\"truncate\":true}")).hasSize(1);
  }

  @Test
  void predictsInTheOrderOfTheScores() throws Exception {
    JsonNode one = answer("/predict", "{\"inputs\":\"a man\"}");
    assertThat(one).hasSize(3);
    double sum = 0;
    double before = 1;
    for (JsonNode prediction : one) {
      assertThat(prediction.path("label").asText()).isIn("no", "yes", "so");
      assertThat(prediction.path("score").asDouble()).isBetween(0.0, before);
      before = prediction.path("score").asDouble();
      sum += before;
    }
    assertThat(sum).isCloseTo(1, within(1e-5));
    JsonNode raw = answer("/tei/classes/predict", "{\"inputs\":\"a man\",\"raw_scores\":true}");
    List<Double> logits =
        gateway.classes.answer(new Question.Text("a man"), Truncation.REFUSE).row();
    assertThat(raw.get(0).path("score").asDouble())
        .isCloseTo(logits.stream().max(Double::compare).orElseThrow(), within(1e-5));
    JsonNode batch = answer("/predict", "{\"inputs\":[[\"a man\"],[\"a man\",\"someone eats\"]]}");
    assertThat(batch).hasSize(2);
    assertThat(batch.get(0)).isEqualTo(one);
    assertThat(batch.get(1)).isNotEqualTo(one);
    assertThat(answer("/predict", "{\"inputs\":[\"a man\",\"someone eats\"]}"))
        .isEqualTo(batch.get(1));
    JsonNode labels = answer("/tei/labels/predict", "{\"inputs\":\"a man\"}");
    assertThat(labels).extracting(l -> l.path("label").asText()).contains("loud", "long", "old");
  }

  @Test
  void reranksByTheValueOfEachPair() throws Exception {
    List<String> texts = List.of("someone eats", "new york", "a man lives");
    JsonNode ranks =
        answer(
            "/rerank",
            "{\"query\":\"a man\",\"texts\":[\"someone eats\",\"new york\",\"a man lives\"],"
                + "\"raw_scores\":true,\"return_text\":true}");
    List<Double> scores = new ArrayList<>();
    for (JsonNode rank : ranks) {
      String text = texts.get(rank.path("index").asInt());
      assertThat(rank.path("text").asText()).isEqualTo(text);
      double own =
          gateway.value.answer(new Question.Pair("a man", text), Truncation.REFUSE).row().get(0);
      assertThat(rank.path("score").asDouble()).isCloseTo(own, within(1e-5));
      scores.add(-own);
    }
    assertThat(scores).hasSize(3).isSorted();
    JsonNode plain = answer("/tei/value/rerank", "{\"query\":\"a man\",\"texts\":[\"new york\"]}");
    assertThat(plain.get(0).has("text")).isFalse();
    assertThat(plain.get(0).path("score").asDouble()).isBetween(0.0, 1.0);
  }

  @Test
  void tellsWhatTheModelIs() throws Exception {
    JsonNode info = gateway.get("/info").json();
    for (String required :
        List.of(
            "model_id",
            "model_dtype",
            "model_type",
            "max_concurrent_requests",
            "max_input_length",
            "max_batch_tokens",
            "max_client_batch_size",
            "auto_truncate",
            "tokenization_workers",
            "version")) {
      assertThat(info.hasNonNull(required)).as(required).isTrue();
    }
    assertThat(info.path("model_id").asText()).isEqualTo("embedding");
    assertThat(info.path("model_type").path("embedding").path("pooling").asText())
        .isEqualTo("mean");
    JsonNode classes = gateway.get("/tei/classes/info").json().path("model_type");
    assertThat(classes.path("classifier").path("id2label").path("1").asText()).isEqualTo("yes");
    assertThat(gateway.get("/tei/value/info").json().path("model_type").has("reranker")).isTrue();
    assertThat(gateway.get("/health").status()).isEqualTo(200);
    assertThat(gateway.get("/tei/words/health").status()).isEqualTo(200);
    assertThat(gateway.get("/metrics").text()).contains("door=\"tei\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /embed               | {}                                                    | 422 | Validation | 'inputs' is missing
          /embed               | {"inputs":[[1,2]]}                                    | 422 | Validation | tokens
          /embed               | {"inputs":[7]}                                        | 422 | Validation | tokens
          /embed               | {"inputs":""}                                         | 422 | Tokenizer  | no word pieces
          /embed               | {"inputs":"a","normalize":false}                      | 422 | Validation | length 1
          /embed               | {"inputs":"a","truncate":"yes"}                       | 422 | Validation | true or false
          /embed               | {"inputs":"a","truncate":true,"truncation_direction":"Left"} | 422 | Validation | end only
          /embed               | {"inputs":"a"                                         | 422 | Validation | not JSON
          /tei/classes/embed   | {"inputs":"a"}                                        | 424 | Backend    | gives a label
          /tei/other/embed     | {"inputs":"a"}                                        | 404 | Validation | no model of that name
          /predict             | {"inputs":["a","b","c"]}                              | 422 | Validation | 3 texts
          /tei/words/predict   | {"inputs":"a"}                                        | 424 | Backend    | a label a word
          /rerank              | {"query":"a"}                                         | 422 | Validation | 'texts' is missing
          /rerank              | {"query":"a","texts":[]}                              | 422 | Validation | at least one
          """)
  void refusesInItsOwnForm(String path, String body, int status, String type, String message)
      throws Exception {
    Answered answered = gateway.post(path, body);
    assertThat(answered.status()).as(answered.text()).isEqualTo(status);
    assertThat(answered.json().path("error_type").asText()).isEqualTo(type);
    assertThat(answered.json().path("error").asText()).contains(message);
    assertThat(answered.json()).hasSize(2);
  }

  private static JsonNode answer(String path, String body) throws Exception {
    Answered answered = gateway.post(path, body);
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    return answered.json();
  }
}
