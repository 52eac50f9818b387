package io.cipherstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.cli.base.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with two appliances answers on when the one with its keys is killed. */
@Tag("native")
@Tag("slow")
class GatewayMovesIT {

  private static final String TEXT = "a charming journey";

  @TempDir private Path home;

  @Test
  void questionsGoToTheOtherApplianceWhenTheirsIsKilled() throws Exception {
    Programs first = new Programs(Files.createDirectories(home.resolve("first")));
    Programs second = new Programs(Files.createDirectories(home.resolve("second")));
    Programs own = new Programs(Files.createDirectories(home.resolve("own")));
    try (Programs.Served one = serve(first);
        Programs.Served other = serve(second)) {
      List<String> arguments = new ArrayList<>(List.of("--model", "sst2-sealed"));
      arguments.addAll(appliance(one, home.resolve("first/server/api-key")));
      arguments.addAll(appliance(other, home.resolve("second/server/api-key")));
      try (GatewayProcess gateway =
          new GatewayProcess(own, home.resolve("own"), arguments.toArray(String[]::new))) {
        String label = ask(gateway);
        assertThat(ask(gateway)).isEqualTo(label);
        assertThat(gateway.log()).doesNotContain("model-moved");
        one.process().destroyForcibly().waitFor();
        assertThat(ask(gateway)).isEqualTo(label);
        assertThat(gateway.log())
            .contains("\"event\":\"appliance-down\"", "\"event\":\"model-moved\"");
        assertThat(ask(gateway)).isEqualTo(label);
        assertThat(gateway.log().split("model-moved", -1)).as("moves").hasSize(2);
      }
    }
  }

  private static Programs.Served serve(Programs programs) throws Exception {
    return programs.serve(
        "--models",
        programs.root().resolve("deploy/models").toString(),
        "--model",
        "sst2-sealed",
        "--set",
        "compute.warmUp=false");
  }

  private static List<String> appliance(Programs.Served served, Path apiKey) {
    return List.of(
        "--url",
        served.state().url().toString(),
        "--fingerprint",
        served.state().certificateSha256(),
        "--api-key-file",
        apiKey.toString());
  }

  private static String ask(GatewayProcess gateway) throws Exception {
    HttpResponse<String> answered =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/predict"))
                    .header("Authorization", "Bearer " + GatewayProcess.TOKEN)
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            Json.object().put("inputs", TEXT).toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answered.statusCode()).as(answered.body() + gateway.log()).isEqualTo(200);
    return Json.MAPPER.readTree(answered.body()).get(0).path("label").asText();
  }
}
