package io.cipherstream.ckks.limb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.SmallParameters;
import io.cipherstream.ring.Completion;
import io.cipherstream.ring.EngineCapabilities;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.ForwardingEngine;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbProgram;
import io.cipherstream.ring.LimbView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Hoisted rotations on an engine that joins programs: nobody waits for their zero counts until
 * words are read, and then words that rest on a digit with a zero are refused.
 */
class AssumptionTest {

  private static final int N = 32;
  private static final int LIMBS = 3;
  private static final int[] STEPS = {3, 7, 2};

  /** An interpreter that counts how often somebody waits for a program. */
  private static final class Joining extends ForwardingEngine {
    private int waits;

    Joining(LimbEngine inner) {
      super(inner);
    }

    @Override
    public EngineCapabilities capabilities() {
      EngineCapabilities c = super.capabilities();
      return new EngineCapabilities(
          c.device(), c.memoryBytes(), c.instructionsMax(), true, c.hostMemory(), true);
    }

    @Override
    public Completion submit(LimbProgram program, List<LimbView> arguments) {
      Completion completion = super.submit(program, arguments);
      return () -> {
        waits++;
        return completion.await();
      };
    }
  }

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final CkksParameters set = SmallParameters.of(seed, N, LIMBS + 1, 1, 50);

  private ByteBuffer words(boolean zeros) {
    ByteBuffer words =
        ByteBuffer.allocateDirect(2 * LIMBS * N * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int poly = 0; poly < 2; poly++) {
      for (int limb = 0; limb < LIMBS; limb++) {
        for (int k = 0; k < N; k++) {
          words.putLong(zeros ? 0 : random.nextLong(set.dataPrime(limb).value()));
        }
      }
    }
    return words.flip();
  }

  private ByteBuffer read(Ciphertext a) {
    ByteBuffer words =
        ByteBuffer.allocateDirect((int) a.words(set) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    a.copyWordsTo(words);
    return words.flip();
  }

  @Test
  void whatIsAssumedIsCheckedWhenWordsAreRead() {
    System.out.println("test.seed=" + seed);
    ByteBuffer good = words(false);
    try (JavaKeys keys = new JavaKeys(set, random.split());
        Joining engine = new Joining(new JavaEngine(set.ring(), 1 << 24));
        JavaEngine other = new JavaEngine(set.ring(), 1 << 24);
        CkksEvaluator joining = new CkksEvaluator(new LimbArithmetic(set, engine, 1 << 22));
        CkksEvaluator plain = new CkksEvaluator(new LimbArithmetic(set, other, 1 << 22))) {
      for (int step : STEPS) {
        keys.rotation(step, LIMBS);
      }
      Ciphertext a = joining.importCiphertext(2, LIMBS, 0x1p20, good.duplicate());
      Ciphertext zero = joining.importCiphertext(2, LIMBS, 0x1p20, words(true));
      List<Ciphertext> right = joining.rotateAll(a, STEPS, keys);
      List<Ciphertext> wrong = joining.rotateAll(zero, STEPS, keys);
      Ciphertext sum = joining.add(right.get(0), right.get(1));
      Ciphertext spoilt = joining.add(sum, wrong.get(0));
      assertThat(engine.waits).as("while nothing is read").isZero();

      Ciphertext b = plain.importCiphertext(2, LIMBS, 0x1p20, good.duplicate());
      List<Ciphertext> expected = plain.rotateAll(b, STEPS, keys);
      for (int i = 0; i < STEPS.length; i++) {
        assertThat(read(right.get(i))).as("seed %d", seed).isEqualTo(read(expected.get(i)));
      }
      assertThat(read(sum)).isEqualTo(read(plain.add(expected.get(0), expected.get(1))));
      assertThat(engine.waits).as("once for all that rests on it").isEqualTo(1);
      assertThat(read(a)).isEqualTo(good);
      for (Ciphertext c : List.of(wrong.get(1), spoilt, spoilt)) {
        EngineException refused = catchThrowableOfType(EngineException.class, () -> read(c));
        assertThat(refused.kind()).isEqualTo(EngineException.Kind.INEXACT);
        assertThat(refused).hasMessageContaining("coefficients of digits are 0");
      }
      assertThat(read(joining.add(right.get(2), a))).isEqualTo(read(plain.add(expected.get(2), b)));
    }
  }
}
