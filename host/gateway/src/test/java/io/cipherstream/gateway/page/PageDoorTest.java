package io.cipherstream.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.RunningGateway;
import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.model.Question;
import io.cipherstream.model.Truncation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The page's files and what its script asks; in a browser it is tried by GatewayClientsIT. */
class PageDoorTest {

  @Test
  void itsFilesAllowNothingFromElsewhere() throws Exception {
    String token = "0123456789abcdef";
    try (RunningGateway gateway = new RunningGateway(Optional.of(token), GatewayLimits.DEFAULTS)) {
      for (String path :
          List.of("/", "/page/page.js", "/page/page.css", "/page/common.js", "/page/common.css")) {
        Answered file = gateway.get(path);
        assertThat(file.status()).as(path).isEqualTo(200);
        assertThat(file.header("Content-Security-Policy"))
            .contains("default-src 'none'", "frame-ancestors 'none'")
            .doesNotContain("unsafe", "http");
        assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
      }
      assertThat(gateway.get("/").text()).doesNotContain("style=", "onclick", "<script>", "http");
      assertThat(gateway.get("/page/models").status()).isEqualTo(401);
      assertThat(gateway.post("/page/ask", "{}").status()).isEqualTo(401);
    }
  }

  @Test
  void asksEveryKindOfModel() throws Exception {
    try (RunningGateway gateway = new RunningGateway()) {
      assertThat(gateway.get("/page/models").json())
          .extracting(model -> model.path("gives").asText())
          .containsExactly(
              "embeddings", "a label", "any number of labels", "a value", "a label a word");
      JsonNode label = ask(gateway, "{\"model\":\"classes\",\"text\":\"a man\"}");
      assertThat(label.path("label").asText()).isIn("no", "yes", "so");
      assertThat(label.path("probabilities")).hasSize(3);
      assertThat(label.path("tokens").asInt()).isEqualTo(4);
      assertThat(ask(gateway, "{\"model\":\"embedding\",\"text\":\"a\"}").path("embedding"))
          .hasSize(32);
      assertThat(ask(gateway, "{\"model\":\"words\",\"text\":\"new york\"}").path("words"))
          .extracting(word -> word.path("word").asText())
          .containsExactly("new", "york");
      JsonNode value =
          ask(gateway, "{\"model\":\"value\",\"text\":\"a man\",\"second\":\"someone\"}");
      Question pair = new Question.Pair("a man", "someone");
      assertThat(value.path("value").asDouble())
          .isCloseTo(gateway.value.answer(pair, Truncation.REFUSE).row().get(0), within(1e-9));
      Answered wrong = gateway.post("/page/ask", "{\"model\":\"x\",\"text\":\"a\"}");
      assertThat(wrong.status()).isEqualTo(404);
      assertThat(wrong.json().path("error").asText()).contains("its models");
    }
  }

  private static JsonNode ask(RunningGateway gateway, String body) throws Exception {
    Answered answered = gateway.post("/page/ask", body);
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
    return answered.json();
  }
}
