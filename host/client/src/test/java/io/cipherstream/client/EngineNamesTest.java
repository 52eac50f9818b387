package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class EngineNamesTest {

  private static JsonNode message(String json) throws Exception {
    return ApplianceHttp.JSON.readTree(json);
  }

  @Test
  void theServersNamesAreToldAndBounded() throws Exception {
    JsonNode two = message("{\"engine\":\"seal\",\"enginesFailed\":[\"opencl:gpu\"]}");
    assertThat(EngineNames.used(two)).isEqualTo("seal");
    assertThat(EngineNames.failed(two)).containsExactly("opencl:gpu");
    JsonNode hostile =
        message(
            "{\"engine\":\"a\\u001b[31m" + "b".repeat(1000) + "\",\"enginesFailed\":[1,{},\"\"]}");
    assertThat(EngineNames.used(hostile)).startsWith("a?[31m").hasSize(128);
    assertThat(EngineNames.failed(hostile)).containsExactly("1");
  }

  @Test
  void anOlderServerDoesNotName() throws Exception {
    assertThat(EngineNames.used(message("{}"))).isEqualTo(InferenceReport.ENGINE_UNKNOWN);
    assertThat(EngineNames.failed(message("{\"enginesFailed\":7}"))).isEmpty();
  }
}
