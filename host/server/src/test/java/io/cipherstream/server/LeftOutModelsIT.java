package io.cipherstream.server;

import static io.cipherstream.server.ExpectProblem.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.server.config.ConfigLoader;
import io.cipherstream.server.config.ServerConfig;
import io.cipherstream.server.serving.NoModelException;
import io.cipherstream.server.serving.RepositoryLoader;
import io.cipherstream.server.serving.RequiredKeys;
import io.cipherstream.server.serving.ServedModel;
import io.cipherstream.transformer.InferenceMode;
import io.cipherstream.transformer.InferencePlan;
import io.cipherstream.transformer.ServerModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that cannot be loaded is left out by name; the others are served. */
class LeftOutModelsIT {

  @TempDir private Path folder;
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private Path models;

  @BeforeEach
  void oneGoodModel() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
    add("good");
  }

  @AfterEach
  void stop() {
    workers.shutdown();
  }

  @Test
  void brokenPackagesDoNotStopTheOthers() throws Exception {
    Files.writeString(
        Files.createDirectory(models.resolve("empty")).resolve("manifest.json"), "{}");
    Path cut = models.resolve("cut");
    add("cut");
    Files.writeString(cut.resolve("client").resolve("vocab.txt"), "changed");
    try (RepositoryLoader loader = loader();
        TestServer server = new TestServer(folder.resolve("data"), loader)) {
      TestClient client = server.client(TestServer.KEY_A);
      assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
      JsonArray listed = new JsonObject(client.get("/v2/models").body()).getJsonArray("models");
      assertThat(listed.stream().map(JsonObject.class::cast))
          .extracting(m -> m.getString("name") + " " + m.getValue("leftOut"))
          .containsExactlyInAnyOrder("good null", "cut broken", "empty broken");
      JsonObject problem = assertProblem(client.get("/v2/models/cut"), 503, "model-left-out");
      assertThat(problem.getString("detail")).contains("'cut'", "broken", "[good]");
      assertThat(client.get("/metrics").body())
          .contains("he_models_served 1.0")
          .contains("he_models_left_out 2.0");
    }
  }

  @Test
  void classesThatDoNotFitAreLeftOutAndWhatIsServedIsTold() throws Exception {
    List<InferencePlan> two =
        List.of(
            EmbeddedModel.plan(InferenceMode.PAPER, 16),
            EmbeddedModel.plan(InferenceMode.PAPER, 32));
    try (RepositoryLoader loader =
            loader("compute.weightBytesMax=" + (ServerModel.bytesNeeded(two) + (1 << 20)));
        TestServer server = new TestServer(folder.resolve("data"), loader)) {
      JsonObject parameters =
          new JsonObject(server.client(TestServer.KEY_A).get("/v2/models/good").body())
              .getJsonObject("parameters");
      assertThat(parameters.getJsonArray("tokenClasses")).containsExactlyInAnyOrder(16, 32);
      assertThat(parameters.getJsonObject("tokenClassesByMode").getJsonArray("paper"))
          .containsExactlyInAnyOrder(16, 32);
    }
  }

  @Test
  void aModelThatDoesNotFitEvenInItsSmallestClassIsLeftOut() throws Exception {
    add("second");
    long one = ServerModel.bytesNeeded(List.of(EmbeddedModel.plan(InferenceMode.PAPER, 16)));
    try (RepositoryLoader loader = loader("compute.weightBytesMax=" + one * 3 / 2);
        TestServer server = new TestServer(folder.resolve("data"), loader)) {
      TestClient client = server.client(TestServer.KEY_A);
      assertThat(client.get("/v2/models/good").statusCode()).isEqualTo(200);
      JsonObject problem = assertProblem(client.get("/v2/models/second"), 503, "model-left-out");
      assertThat(problem.getString("detail")).contains("too-large");
    }
  }

  @Test
  void whatAnUnloadedModelHeldIsThereForAnother() throws Exception {
    long one = ServerModel.bytesNeeded(List.of(EmbeddedModel.plan(InferenceMode.PAPER, 16)));
    try (RepositoryLoader loader = loader("compute.weightBytesMax=" + one * 3 / 2)) {
      List<ServedModel> served = new ArrayList<>();
      loader.load(served::add, line -> {});
      add("second");
      assertThat(loader.names()).containsExactly("good", "intervals", "second");
      assertThatThrownBy(() -> loader.load("second"))
          .hasMessageContaining("it does not fit into memory");
      long bytes = served.get(0).weightBytes();
      served.get(0).close();
      loader.freed(bytes);
      try (ServedModel second = loader.load("second")) {
        assertThat(second.weightBytes()).isEqualTo(bytes);
      }
    }
  }

  /** No session of it could ever be used, so whoever starts the appliance hears of it at once. */
  @Test
  void aModelWhoseKeysNeverFitIsLeftOutAndTheLimitNamed() {
    InferencePlan smallest = EmbeddedModel.plan(InferenceMode.PAPER, 16);
    RequiredKeys keys = new RequiredKeys(smallest.parameters(), List.of(smallest.agreed()));
    long tooFew = keys.loadedBytes() - 1;
    try (RepositoryLoader loader = loader("limits.keyMemoryBytesMax=" + tooFew)) {
      assertThatThrownBy(() -> loader.load(model -> {}, line -> {}))
          .isInstanceOf(NoModelException.class)
          .hasMessageContaining("good: it does not fit into memory: one session's keys take")
          .hasMessageContaining(
              "may take " + (tooFew >> 20) + " MiB (limits.keyMemoryBytesPerTenantMax");
    }
  }

  @Test
  void whenNoneIsLeftTheStartFailsAndNamesEach() {
    try (RepositoryLoader loader = loader("compute.weightBytesMax=1000")) {
      assertThatThrownBy(() -> loader.load(model -> {}, line -> {}))
          .isInstanceOf(NoModelException.class)
          .hasMessageContaining("good: it does not fit into memory")
          .hasMessageContaining("compute.weightBytesMax");
    }
  }

  private RepositoryLoader loader(String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("generateApiKey", "true");
    all.put("dataDirectory", "'" + folder.resolve("data") + "'");
    all.put("modelDirectories", "['" + models + "']");
    all.put("compute.warmUp", "false");
    all.put("compute.engine", "seal");
    for (String setting : settings) {
      all.put(
          setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
    }
    ServerConfig config = ConfigLoader.load(null, Map.of(), all);
    return new RepositoryLoader(config, workers);
  }

  private void add(String name) throws IOException {
    copy(EmbeddedModel.folder().resolve(EmbeddedModel.TINY), models.resolve(name));
    Path manifest = models.resolve(name).resolve("manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).contains("\"name\" : \"sst2-tiny\"");
    Files.writeString(
        manifest, text.replace("\"name\" : \"sst2-tiny\"", "\"name\" : \"" + name + "\""));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
