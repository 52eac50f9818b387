package io.cipherstream.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.transformer.ClientOperation;
import io.cipherstream.transformer.Round;
import io.cipherstream.transformer.ServerRun;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the messages of an inference tell its client. */
class InferenceTimesTest {

  /** A run whose engine fails in its second step. */
  private static final class Failing implements ServerRun {
    private int steps;

    @Override
    public List<HostCiphertext> step(List<HostCiphertext> received) {
      steps++;
      return received;
    }

    @Override
    public String engine() {
      return steps < 2 ? "opencl:gpu" : "seal";
    }

    @Override
    public Optional<String> failedEngine() {
      return steps < 2 ? Optional.empty() : Optional.of("opencl:gpu");
    }

    @Override
    public void close() {}
  }

  @Test
  void aMessageNamesWhatComputedAndWhatFailedBefore() {
    InferenceTimes times = new InferenceTimes();
    try (Failing running = new Failing()) {
      running.step(List.of());
      times.computed(1_000_000_000L, 2_000_000_000L, running);
      JsonObject round =
          times.round(new Round(0, 0, ClientOperation.KERNEL, List.of(), List.of()), 0, 0);
      assertThat(round.getString("engine")).isEqualTo("opencl:gpu");
      assertThat(round.getJsonArray("enginesFailed")).isEmpty();
      running.step(List.of());
      times.computed(0, 0, running);
      JsonObject result = times.result(1);
      assertThat(result.getString("engine")).isEqualTo("seal");
      assertThat(result.getJsonArray("enginesFailed")).isEqualTo(new JsonArray().add("opencl:gpu"));
      assertThat(result.getDouble("queueSeconds")).isEqualTo(1.0);
      JsonObject parameters = times.parameters();
      assertThat(parameters.getString("enginesFailed")).isEqualTo("opencl:gpu");
      assertThat(parameters.getString("engine")).isEqualTo("seal");
    }
  }
}
