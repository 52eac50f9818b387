package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.seal.client.References;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seeded upload becomes the words that SEAL's own save and load make of it. */
@Tag("native")
class SeedTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void seededCiphertextsExpandAsInSeal(int limbs) {
    try (Fixture f = new Fixture()) {
      var reference = References.encryptSeeded(f.client, f.slots(), limbs, Fixture.SCALE);
      try (HostCiphertext host =
              f.seal.seeded(
                  limbs, Fixture.SCALE, reference.fresh().c0(), reference.fresh().seed());
          Ciphertext x = f.evaluator.bring(host)) {
        assertThat(host.words()).isEqualTo(reference.words());
        assertThat(Fixture.words(x)).isEqualTo(reference.words());
      }
    }
  }
}
