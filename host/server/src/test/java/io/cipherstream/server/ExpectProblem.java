package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Checks that a refusal is the one expected, and whole. */
final class ExpectProblem {

  private ExpectProblem() {}

  static void assertType(JsonObject problem, String type) {
    assertThat(problem.getString("type"))
        .as(problem.encode())
        .isEqualTo("urn:cipherstream:problem:" + type);
  }

  static JsonObject assertProblem(HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertType(problem, type);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    return problem;
  }
}
