package io.cipherstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cipherstream.gateway.RunningGateway.Answered;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Every door's parser, fed with good requests of which some bytes or members are others: each gets
 * an answer or a refusal in the door's own form, none fails the gateway, and no byte of them is in
 * its log. {@code -Dcipherstream.fuzz=N} sends N of them to each door, {@code
 * -Dcipherstream.seed=S} the same ones again.
 */
class DoorFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("cipherstream.fuzz", 150);
  private static final String MARKER = "zqmarker";
  private static final String JSON = "application/json";

  /** What stands in the place of a JSON value. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e999",
          "NaN",
          "9223372036854775808",
          "\"\"",
          "[]",
          "{}",
          "[[[[]]]]",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "[null]",
          "{\"a\":1,\"a\":2}",
          "1.5");

  /** A good request to a door, and where its refusals say why. */
  private record Door(String path, byte[] body, int headerBytes, String errorAt) {
    static Door json(String path, String body, String errorAt) {
      return new Door(path, body.getBytes(StandardCharsets.UTF_8), 0, errorAt);
    }
  }

  private static List<Door> doors() {
    String text = "a man " + MARKER;
    String infer =
        "{\"id\":\"7\",\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],"
            + "\"data\":[\""
            + text
            + "\"]}],\"outputs\":[{\"name\":\"label\"}]}";
    return List.of(
        Door.json(
            "/v1/embeddings",
            "{\"model\":\"embedding\",\"input\":[\""
                + text
                + "\"],\"encoding_format\":\"float\",\"dimensions\":4}",
            "/error/message"),
        Door.json("/v2/models/classes/infer", infer, "/error"),
        binary(text),
        Door.json("/embed", "{\"inputs\":[\"" + text + "\"],\"truncate\":true}", "/error"),
        Door.json("/predict", "{\"inputs\":[[\"" + text + "\"]],\"raw_scores\":true}", "/error"),
        Door.json(
            "/rerank",
            "{\"query\":\"" + text + "\",\"texts\":[\"one\"],\"return_text\":true}",
            "/error"));
  }

  /** The same with a binary tensor behind the JSON. */
  private static Door binary(String text) {
    byte[] element = text.getBytes(StandardCharsets.UTF_8);
    String header =
        "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":"
            + "{\"binary_data_size\":"
            + (4 + element.length)
            + "}}]}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + 4 + element.length).order(ByteOrder.LITTLE_ENDIAN);
    body.put(json).putInt(element.length).put(element);
    return new Door("/v2/models/classes/infer", body.array(), json.length, "/error");
  }

  @Test
  void whateverComesIsAnsweredOrRefusedInTheDoorsForm() throws Exception {
    long seed = Long.getLong("cipherstream.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    try (RunningGateway gateway = new RunningGateway()) {
      for (Door door : doors()) {
        assertThat(send(gateway, door, door.body, door.headerBytes).status())
            .as("the good request to %s", door.path)
            .isEqualTo(200);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
          byte[] body = mutated(door.body, random);
          int header = random.nextInt(10) == 0 ? random.nextInt(-2, 400) : door.headerBytes;
          Answered answer = send(gateway, door, body, header);
          String what = door.path + ", seed " + seed + ", mutation " + i;
          assertThat(answer.status()).as(what).isBetween(200, 499);
          if (answer.status() >= 400) {
            refused++;
            JsonNode why = answer.json().at(door.errorAt);
            assertThat(why.asText()).as("%s: %s", what, answer.text()).isNotBlank();
          }
        }
        assertThat(refused).as("refusals of %s, seed %d", door.path, seed).isPositive();
        assertThat(send(gateway, door, door.body, door.headerBytes).status()).isEqualTo(200);
      }
      assertThat(gateway.log()).doesNotContain(MARKER);
      assertThat(gateway.metrics()).doesNotContain(MARKER);
    }
  }

  private static Answered send(RunningGateway gateway, Door door, byte[] body, int header)
      throws Exception {
    HttpRequest.Builder request = gateway.request(door.path);
    if (header != 0) {
      request.header("Inference-Header-Content-Length", String.valueOf(header));
    }
    return gateway.send(
        request
            .header("Content-Type", header != 0 ? "application/octet-stream" : JSON)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  /** Up to three changes: bits, bytes left out or doubled, another value, a cut. */
  private static byte[] mutated(byte[] good, SplittableRandom random) {
    byte[] body = good.clone();
    for (int changes = random.nextInt(1, 4); changes > 0 && body.length > 0; changes--) {
      int at = random.nextInt(body.length);
      switch (random.nextInt(5)) {
        case 0 -> body[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> body = spliced(body, at, Math.min(body.length, at + random.nextInt(1, 9)), "");
        case 2 -> body = Arrays.copyOf(body, at);
        case 3 ->
            body = spliced(body, at, at, new String(body, at, 1, StandardCharsets.ISO_8859_1));
        default -> body = anotherValue(body, at, random);
      }
    }
    return body;
  }

  /** Replaces what stands between the next colon and the next comma or bracket. */
  private static byte[] anotherValue(byte[] body, int from, SplittableRandom random) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int colon = text.indexOf(':', from);
    if (colon < 0) {
      return body;
    }
    int end = colon + 1;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return spliced(body, colon + 1, end, VALUES.get(random.nextInt(VALUES.size())));
  }

  private static byte[] spliced(byte[] body, int from, int to, String with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, from);
    out.writeBytes(with.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body, to, body.length - to);
    return out.toByteArray();
  }
}
