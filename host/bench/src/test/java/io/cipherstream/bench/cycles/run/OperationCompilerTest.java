package io.cipherstream.bench.cycles.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.InsecureTestParameters;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.Opcode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationCompilerTest {

  @BeforeEach
  void allowSmallRing() {
    System.setProperty(InsecureTestParameters.SWITCH, "true");
  }

  @AfterEach
  void allowItNoLonger() {
    System.clearProperty(InsecureTestParameters.SWITCH);
  }

  private static long transforms(LimbProgram program) {
    return program.instructions().stream()
        .filter(i -> i.opcode() == Opcode.NTT || i.opcode() == Opcode.INTT)
        .count();
  }

  /** L transforms of digits back, L² of them forward, and 2 (L + 1) for the division by P. */
  @ParameterizedTest
  @CsvSource({"2, 12", "3, 20", "4, 30"})
  void aRotationHasTheTransformsOfAKeySwitch(int limbs, int expected) {
    assertThat(transforms(OperationCompiler.compile(false, 8192, limbs))).isEqualTo(expected);
  }

  @Test
  void aProductSharesTheDigitsOfItsBabySteps() {
    LimbProgram product = OperationCompiler.compile(true, 8192, 3);
    // 16 − 1 rotations that share 12, and 8 − 1 of their own.
    assertThat(transforms(product)).isEqualTo(12 + 15 * 8 + 7 * 20);
    long weights =
        product.instructions().stream()
            .filter(i -> i.b() != null)
            .filter(i -> product.segments().get(i.b().segment()).name().startsWith("w0."))
            .count();
    assertThat(weights).isEqualTo(2 * 3 * 128);
  }

  /** The primes of the two sets are the same, so both ways must give the same instructions. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aShorterProgramIsWhatASmallerSetWouldCompileTo(boolean product) {
    CkksParameters small = InsecureTestParameters.n1024();
    LimbProgram compiled = OperationCompiler.compile(product, small, 3);
    LimbProgram shortened =
        Shortening.to(OperationCompiler.compile(product, CkksParameters.N8192, 3), 1024);
    assertThat(shortened.ring()).isEqualTo(small.ring());
    assertThat(shortened.segments()).isEqualTo(compiled.segments());
    assertThat(shortened.instructions()).isEqualTo(compiled.instructions());
  }
}
