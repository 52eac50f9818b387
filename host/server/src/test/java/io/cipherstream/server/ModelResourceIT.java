package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the appliance says of itself and of a model before anything is fetched. */
class ModelResourceIT {

  @TempDir private Path folder;

  @Test
  void saysWhatComesOutAndWhatIsAsked() throws IOException {
    Path zip = Files.writeString(folder.resolve("client.zip"), "zip");
    try (TestServer server =
        TestServer.loopback(folder.resolve("data"), new LoopbackModel(zip, 1))) {
      JsonObject metadata = new JsonObject(server.client(TestServer.KEY_A).get("/v2").body());
      assertThat(metadata.getJsonArray("wireVersions")).isEqualTo(new JsonArray().add(1));
      JsonObject parameters =
          new JsonObject(server.client(TestServer.KEY_A).get("/v2/models/loopback").body())
              .getJsonObject("parameters");
      assertThat(parameters.getString("head")).isEqualTo("value");
      assertThat(parameters.getString("pooling")).isEqualTo("cls");
      assertThat(parameters.getJsonArray("labels")).isEqualTo(new JsonArray());
      assertThat(parameters.getJsonObject("task"))
          .isEqualTo(
              new JsonObject()
                  .put("name", "sts-b")
                  .put("input", "pair")
                  .put("min", 0.0)
                  .put("max", 5.0));
      assertThat(parameters.getJsonArray("modes"))
          .isEqualTo(new JsonArray().add("paper").add("sealed"));
    }
  }
}
