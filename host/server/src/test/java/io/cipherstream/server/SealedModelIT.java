package io.cipherstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cipherstream.model.sealed.RandomSealed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sealed model with random weights and real keys: what a request's answer says, and all of it.
 */
@Tag("native")
@Tag("slow")
class SealedModelIT {

  private static final double NOISE = 0x1p-8;

  private final long seed = Long.getLong("cipherstream.seed", System.nanoTime());
  private final RandomSealed sample = new RandomSealed(30, seed);

  @TempDir private Path folder;

  private interface Use {
    void of(SealedAppliance appliance) throws Exception;
  }

  private void serve(int classes, double noise, Use use) throws Exception {
    System.out.println("SealedModelIT seed " + seed);
    try (SealedAppliance appliance =
        new SealedAppliance(folder, sample, classes, noise, "seal-limb")) {
      use.of(appliance);
      assertThat(appliance.metrics())
          .containsPattern("he_inference_requests_total\\{model=\"own\",outcome=\"ok\"[^}]*} [1-9]")
          .doesNotContainPattern("he_engine_fallbacks_total\\{[^}]*} [1-9]");
    }
  }

  private static double mean(double[] slots) {
    return Arrays.stream(slots).average().orElseThrow();
  }

  private static double deviation(double[] slots, double from) {
    return Math.sqrt(
        Arrays.stream(slots).map(slot -> (slot - from) * (slot - from)).average().orElseThrow());
  }

  /** Of two classes one number comes back, and every slot says it, give or take noise. */
  @Test
  void everySlotSaysTheAnswerAloneAndIsFlooded() throws Exception {
    serve(
        2,
        NOISE,
        appliance -> {
          assertThat(appliance.plan.result()).as("outputs of two classes").hasSize(1);
          assertThat(appliance.plan.result().get(0).limbs()).as("the lowest level").isEqualTo(1);
          for (int i = 0; i < 3; i++) {
            int[] ids = sample.text(1 + i * 3);
            double plain = appliance.plain(ids, 0);
            double[] slots = appliance.ask(ids, seed).get(0);
            assertThat(mean(slots)).as("seed %d", seed).isCloseTo(plain, within(6 * NOISE));
            assertThat(deviation(slots, mean(slots)))
                .as("one slot's noise, σ·√(N/2), seed %d", seed)
                .isCloseTo(NOISE * 64, within(NOISE * 64 / 10));
            double worst = 0;
            for (double slot : slots) {
              worst = Math.max(worst, Math.abs(slot - plain));
            }
            assertThat(worst).as("seed %d", seed).isLessThan(NOISE * 64 * 7);
          }
        });
  }

  /** Without noise the same slots show how little else there was. */
  @Test
  void withoutNoiseEverySlotSaysTheAnswerToo() throws Exception {
    serve(
        3,
        0,
        appliance -> {
          int[] ids = sample.text(7);
          List<double[]> outputs = appliance.ask(ids, seed);
          assertThat(outputs).as("one a class").hasSize(3);
          for (int j = 0; j < 3; j++) {
            double[] slots = outputs.get(j);
            double plain = appliance.plain(ids, j);
            System.out.printf(
                "output %.5f: error of the mean %.1e, of a slot %.1e%n",
                plain, mean(slots) - plain, deviation(slots, plain));
            assertThat(mean(slots))
                .as("seed %d", seed)
                .isCloseTo(plain, within(SealedAppliance.ERROR_MAX));
            assertThat(deviation(slots, plain))
                .as("seed %d", seed)
                .isLessThan(SealedAppliance.ERROR_MAX);
          }
        });
  }
}
