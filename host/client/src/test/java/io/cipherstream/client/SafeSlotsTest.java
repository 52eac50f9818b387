package io.cipherstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.transformer.CiphertextSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class SafeSlotsTest {

  private static final CkksParameters PARAMETERS = CkksParameters.N8192;

  @Test
  void oddValuesAreCutAndCounted() {
    double[] slots = {1, Double.NaN, Double.POSITIVE_INFINITY, -1e300, -3};
    assertThat(SafeSlots.clamp(slots, 100)).isEqualTo(3);
    assertThat(slots).containsExactly(1, 0, 100, -100, -3);
  }

  @Test
  void whateverWasCutCanBeEncryptedAtEveryLevel() {
    try (SealClient key = SealClient.generate(PARAMETERS)) {
      for (int limbs = 1; limbs <= PARAMETERS.dataLimbs(); limbs++) {
        CiphertextSpec spec = new CiphertextSpec(limbs, Math.pow(2, 40));
        double[] slots = new double[PARAMETERS.slots()];
        java.util.Arrays.fill(slots, Double.POSITIVE_INFINITY);
        double bound = SafeSlots.bound(PARAMETERS, spec);
        assertThat(SafeSlots.clamp(slots, bound)).isEqualTo(slots.length);
        assertThat(key.encryptSeeded(slots, spec.limbs(), spec.scale()).seed()).hasSize(64);
      }
    }
  }
}
