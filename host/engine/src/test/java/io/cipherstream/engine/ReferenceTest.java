package io.cipherstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.seal.SealArithmetic;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What computes when an engine does not, of sets with one special prime and with several. */
@Tag("native")
class ReferenceTest {

  private static Reference of(CkksParameters set) {
    return Reference.of(set, new SealArithmetic(set), 1 << 20);
  }

  @Test
  void ofOneSpecialPrimeItIsSealsOwnArithmetic() {
    try (Reference reference = of(CkksParameters.N8192_SEALED)) {
      assertThat(reference.evaluator().name()).isEqualTo("seal");
    }
  }

  /** SEAL switches no keys with several, which the name tells. */
  @Test
  void ofSeveralItIsLimbProgramsOnPortableRoutines() {
    CkksParameters set = CkksParameters.N32768_SEALED;
    ByteBuffer words = ByteBuffer.allocateDirect(2 * set.degree() * Long.BYTES);
    words.order(ByteOrder.LITTLE_ENDIAN).putLong(8, 7);
    CkksEvaluator evaluator;
    try (Reference reference = of(set)) {
      evaluator = reference.evaluator();
      assertThat(evaluator.name()).isEqualTo("seal-limb-portable");
      assertThat(evaluator.parameters()).isEqualTo(reference.seal().parameters()).isEqualTo(set);
      try (Ciphertext a = evaluator.importCiphertext(2, 1, 0x1p20, words.duplicate());
          Ciphertext sum = evaluator.add(a, a)) {
        ByteBuffer out = ByteBuffer.allocateDirect(words.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        sum.copyWordsTo(out);
        assertThat(out.getLong(8)).isEqualTo(14);
      }
    }
    assertThatThrownBy(() -> evaluator.importCiphertext(2, 1, 0x1p20, words.duplicate()))
        .as("closed with the reference")
        .isInstanceOf(IllegalStateException.class);
  }
}
