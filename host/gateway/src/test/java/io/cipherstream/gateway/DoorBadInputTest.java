package io.cipherstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.RunningGateway.Answered;
import io.cipherstream.gateway.door.GatewayLimits;
import io.cipherstream.gateway.door.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same bad input at every door: each answers in its own form with a status of its own, says
 * what it expected, and goes on. gRPC's are in GrpcCallsTest and GatewayClientsIT.
 */
class DoorBadInputTest {

  private static final String TOKEN = "0123456789abcdef";

  /** One second for a body, for an answer to be read and for a connection without a request. */
  private static final GatewayLimits SHORT = new GatewayLimits(4096, 64, 200, 64, 64, 1, 1, 1, 20);

  private static RunningGateway gateway;

  /** A door, its path for a model, its body around a text, and its members of a refusal. */
  enum Door {
    OPENAI("embedding", Set.of("error")) {
      @Override
      String path(String model) {
        return "/v1/embeddings";
      }

      @Override
      String body(String model, String input) {
        return "{\"model\":\"" + model + "\",\"input\":" + input + "}";
      }

      @Override
      JsonNode message(JsonNode refusal) {
        assertThat(names(refusal.path("error")))
            .isEqualTo(Set.of("message", "type", "param", "code"));
        return refusal.path("error").path("message");
      }
    },
    OPEN_INFERENCE("classes", Set.of("error")) {
      @Override
      String path(String model) {
        return "/v2/models/" + model + "/infer";
      }

      @Override
      String body(String model, String input) {
        String data = input.startsWith("[") ? input : "[" + input + "]";
        int texts = data.split(",", -1).length;
        return "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":["
            + texts
            + "],\"data\":"
            + data
            + "}]}";
      }
    },
    TEI("embedding", Set.of("error", "error_type")) {
      @Override
      String path(String model) {
        return "/tei/" + model + "/embed";
      }

      @Override
      String body(String model, String input) {
        return "{\"inputs\":" + input + "}";
      }
    },
    PAGE("classes", Set.of("error", "kind")) {
      @Override
      String path(String model) {
        return "/page/ask";
      }

      @Override
      String body(String model, String input) {
        return "{\"model\":\"" + model + "\",\"text\":" + input + "}";
      }
    };

    private final String model;
    private final Set<String> members;

    Door(String model, Set<String> members) {
      this.model = model;
      this.members = members;
    }

    abstract String path(String model);

    abstract String body(String model, String input);

    JsonNode message(JsonNode refusal) {
      return refusal.path("error");
    }
  }

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Optional.of(TOKEN), SHORT);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @EnumSource
  void aModelThatIsNotThere(Door door) throws Exception {
    refused(door, post(door, "none", door.body("none", "\"a\"")), 404, "its models");
  }

  @ParameterizedTest
  @EnumSource
  void anotherContentType(Door door) throws Exception {
    Answered answered =
        send(door, door.body(door.model, "\"a\""), r -> r.setHeader("Content-Type", "text/plain"));
    refused(door, answered, 415, "application/json");
  }

  @ParameterizedTest
  @EnumSource
  void aHugeArray(Door door) throws Exception {
    String many = "[" + "\"a\",".repeat(64) + "\"a\"]";
    Answered answered = post(door, door.model, door.body(door.model, many));
    switch (door) {
      case OPENAI, TEI -> refused(door, answered, 413, "65 texts");
      case OPEN_INFERENCE -> refused(door, answered, 400, "1 to 64");
      case PAGE -> refused(door, answered, 400, "array");
    }
    String huge = "[" + "\"a\",".repeat(1200) + "\"a\"]";
    refused(door, post(door, door.model, door.body(door.model, huge)), 413, "4096 bytes");
  }

  @ParameterizedTest
  @EnumSource
  void anArrayOfTokens(Door door) throws Exception {
    Answered answered = post(door, door.model, door.body(door.model, "[101,2054,102]"));
    int status = door == Door.TEI ? 422 : 400;
    refused(door, answered, status, door == Door.PAGE ? "array" : "text");
  }

  @ParameterizedTest
  @EnumSource
  void aNumberThatIsNone(Door door) throws Exception {
    for (String number : new String[] {"NaN", "Infinity", "1e99999"}) {
      Answered answered = post(door, door.model, door.body(door.model, number));
      String word = number.equals("1e99999") ? "text" : "cannot be read";
      refused(door, answered, door == Door.TEI ? 422 : 400, word);
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfARequest(Door door) throws Exception {
    String body = door.body(door.model, "\"a\"");
    String half =
        "POST "
            + door.path(door.model)
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + TOKEN
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body.substring(0, body.length() / 2);
    String answer = raw(half);
    assertThat(answer).startsWith("HTTP/1.1 408");
    JsonNode refusal = StrictJson.MAPPER.readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    assertThat(names(refusal)).isEqualTo(door.members);
    assertThat(door.message(refusal).asText()).contains("after 1 s");
    goesOn(door);
  }

  @ParameterizedTest
  @EnumSource
  void anotherToken(Door door) throws Exception {
    for (String token : new String[] {"Bearer " + TOKEN + "0", "Basic " + TOKEN, "Bearer"}) {
      Answered answered =
          send(
              door,
              door.body(door.model, "\"a\""),
              request -> request.setHeader("Authorization", token));
      refused(door, answered, 401, "Authorization: Bearer TOKEN");
      assertThat(answered.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
  }

  /**
   * Whoever asks and does not read loses the connection, whatever door the answers came through.
   */
  @Test
  void aSlowReader() throws Exception {
    String request = "GET /page/common.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int requests = 20_000; // more than all buffers on the way hold
    URI at = URI.create(gateway.url());
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(at.getHost(), at.getPort()));
      gateway.awaitConnections(count -> count > 0);
      Thread writer =
          new Thread(
              () -> {
                try {
                  socket
                      .getOutputStream()
                      .write(request.repeat(requests).getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                  // The gateway has closed the connection.
                }
              });
      writer.start();
      gateway.awaitConnections(count -> count == 0);
    }
    goesOn(Door.OPENAI);
  }

  private static void refused(Door door, Answered answered, int status, String message)
      throws Exception {
    assertThat(answered.status()).as(answered.text()).isEqualTo(status);
    JsonNode refusal = answered.json();
    assertThat(names(refusal)).isEqualTo(door.members);
    assertThat(door.message(refusal).asText()).contains(message);
    goesOn(door);
  }

  private static void goesOn(Door door) throws Exception {
    Answered answered = post(door, door.model, door.body(door.model, "\"a\""));
    assertThat(answered.status()).as(answered.text()).isEqualTo(200);
  }

  private static Answered post(Door door, String model, String body) throws Exception {
    return gateway.send(request(door, model, body));
  }

  private static Answered send(Door door, String body, UnaryOperator<HttpRequest.Builder> change)
      throws Exception {
    return gateway.send(change.apply(request(door, door.model, body)));
  }

  private static HttpRequest.Builder request(Door door, String model, String body) {
    return gateway
        .request(door.path(model))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + TOKEN)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new HashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** What comes back for these bytes until the connection ends or the answer is complete. */
  private static String raw(String bytes) throws Exception {
    URI at = URI.create(gateway.url());
    try (Socket socket = new Socket(at.getHost(), at.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
