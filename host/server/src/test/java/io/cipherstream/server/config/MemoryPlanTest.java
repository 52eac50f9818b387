package io.cipherstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {

  private static final long GIB = 1L << 30;

  @ParameterizedTest
  @ValueSource(longs = {3, 4, 8, 16, 24, 64, 512})
  void thePartsNeverExceedTheWhole(long gib) {
    MemoryPlan plan = plan(gib);
    assertThat(
            plan.heapBytes()
                + plan.reserveBytes()
                + plan.weightBytes()
                + plan.keyBytes()
                + plan.inferenceBytes())
        .isLessThanOrEqualTo(plan.totalBytes());
    assertThat(plan.totalBytes()).isLessThanOrEqualTo(gib * GIB * 3 / 4);
  }

  @Test
  void theWeightsOfBertBaseFitTwentyFourGibibytes() {
    assertThat(plan(23).weightBytes()).isGreaterThan(6_300_000_000L);
  }

  @Test
  void whatIsGivenWinsAndTheOthersShareTheRest() {
    MemoryPlan plan =
        plan(24, "compute.weightBytesMax", "1000000000", "limits.keyMemoryBytesMax", "500000000");
    assertThat(plan.weightBytes()).isEqualTo(1_000_000_000);
    assertThat(plan.keyBytes()).isEqualTo(500_000_000);
    assertThat(plan.inferenceBytes()).isGreaterThan(plan(24).inferenceBytes());
  }

  @Test
  void oneTenantMayTakeAllAndOneOfSeveralHalf() {
    MemoryPlan alone = plan(24);
    assertThat(alone.inferenceBytesPerTenant()).isEqualTo(alone.inferenceBytes());
    assertThat(alone.keyBytesPerTenant()).isEqualTo(alone.keyBytes());
    MemoryPlan shared =
        plan(24, "tenants", "[{name: a, apiKey: 0123456789abcdef}]", "generateApiKey", "true");
    assertThat(shared.inferenceBytesPerTenant()).isEqualTo(shared.inferenceBytes() / 2);
    assertThat(shared.keyBytesPerTenant()).isEqualTo(shared.keyBytes() / 2);
  }

  @Test
  void partsThatDoNotFitAreRefusedWithAllOfThem() {
    assertThatThrownBy(() -> plan(8, "compute.weightBytesMax", "7000000000"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("compute.weightBytesMax 6675 MiB")
        .hasMessageContaining("limits.memoryBytesMax = 6143 MiB");
    assertThatThrownBy(() -> plan(8, "limits.memoryBytesMax", "9000000000"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the machine or container has 8192 MiB");
  }

  @Test
  void weightsBeyondTheJvmsDirectMemoryAreRefused() {
    Machine small = new Machine(24 * GIB, GIB, 2 * GIB);
    assertThatThrownBy(() -> MemoryPlan.of(config("compute.weightBytesMax", "2147483648"), small))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("MaxDirectMemorySize");
    assertThat(MemoryPlan.of(config(), small).weightBytes()).isLessThan(2 * GIB);
  }

  private static MemoryPlan plan(long gib, String... settings) {
    return MemoryPlan.of(config(settings), new Machine(gib * GIB, gib * GIB / 8, 1L << 40));
  }

  private static ServerConfig config(String... settings) {
    Map<String, String> all = new HashMap<>(Map.of("generateApiKey", "true"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return ConfigLoader.load(null, Map.of(), all);
  }
}
