package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ring.EngineCounters;
import io.cipherstream.ring.JavaEngine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation of the limb evaluator on the Java interpreter against SEAL's, word for word. */
@Tag("native")
class LimbEvaluatorTest {

  private static final double SCALE = 0x1p18;
  private static LimbPair f;

  @BeforeAll
  static void open() {
    f = new LimbPair(CkksParameters.N8192, ring -> new JavaEngine(ring, 4L << 30));
  }

  @AfterEach
  void clear() {
    f.clear();
    EngineCounters counters = f.engine.counters();
    assertThat(counters.liveBuffers()).as("buffers left on the engine").isZero();
  }

  @AfterAll
  static void closeAll() {
    f.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void everyOperationAtEveryLevelEqualsSeal(int limbs) {
    LimbOperations.check(f, limbs, f.keys(4, 1, -3, 128, f.set.conjugationStep()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void keysForFewerLimbsServe(int limbs) {
    LimbOperations.check(f, limbs, f.keys(limbs, 1, -3, 128, f.set.conjugationStep()));
  }

  @Test
  void aProductOfBlocksWithGapsEqualsItsOperations() {
    int period = 64;
    int babySteps = 8;
    List<Ciphertext> seal = new ArrayList<>();
    List<Ciphertext> limb = new ArrayList<>();
    for (int c = 0; c < 2; c++) {
      LimbPair.Both x = f.encrypt(2, SCALE);
      seal.add(x.seal());
      limb.add(x.limb());
    }
    PeriodicPlaintexts first = weights(period, 40, 3, 0x1p15);
    PeriodicPlaintexts second = weights(period, 40, 2, 0x1p16);
    double[][] complex = new double[40][];
    Arrays.setAll(complex, i -> f.random.doubles(2 * period, -1, 1).toArray());
    PeriodicPlaintexts third = f.keep(f.seal.encodePeriodicComplex(complex, 2, 0x1p14));
    BabyGiantProduct product =
        new BabyGiantProduct(
            babySteps,
            List.of(
                piece(first, 2 * babySteps, 4, 0.5, -period),
                piece(second, 2 * babySteps, 3, 0.9, 0),
                piece(third, 2 * babySteps, 3, 0.7, 0),
                new BabyGiantProduct.Piece(second, List.of(none(16), none(16)), 8),
                new BabyGiantProduct.Piece(first, List.of(none(16), one(16, 3)), 0)));
    int[] steps = IntStream.concat(IntStream.rangeClosed(1, 8), IntStream.of(-period)).toArray();
    SealEvaluationKeys keys = f.keys(3, steps);
    List<Optional<Ciphertext>> expected = f.seal.babyGiantProducts(seal, product, keys);
    long before = f.engine.counters().submissions();
    List<Optional<Ciphertext>> actual = f.limb.babyGiantProducts(limb, product, keys);
    assertThat(f.engine.counters().submissions() - before)
        .as("one submission, and one for each prepared key")
        .isEqualTo(1 + 7);
    assertThat(actual).hasSize(5);
    assertThat(actual.get(3)).isEmpty();
    for (int p : new int[] {0, 1, 2, 4}) {
      f.same("piece " + p, expected.get(p).orElseThrow(), actual.get(p).orElseThrow());
    }
    List<Optional<Ciphertext>> again = f.limb.babyGiantProducts(limb, product, keys);
    f.same("again", actual.get(0).orElseThrow(), again.get(0).orElseThrow());
    f.keep(again.get(1).orElseThrow());
    f.keep(again.get(2).orElseThrow());
    f.keep(again.get(4).orElseThrow());
  }

  /**
   * c₁ = 0 has nothing but zero digits: hoisting must notice and give SEAL's words all the same.
   */
  @Test
  void zeroDigitsTakeThePlainWay() {
    int limbs = 2;
    int words = 2 * limbs * f.set.degree();
    ByteBuffer raw = ByteBuffer.allocateDirect(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words / 2; i++) {
      raw.putLong(
          i * Long.BYTES,
          Math.floorMod(f.random.nextLong(), f.set.dataPrime(i / f.set.degree()).value()));
    }
    Ciphertext seal = f.keep(f.seal.importCiphertext(2, limbs, SCALE, raw.duplicate()));
    Ciphertext limb = f.toLimb(seal);
    int[] steps = {1, 5};
    SealEvaluationKeys keys = f.keys(limbs, 1, 5, 4);
    List<Ciphertext> expected = f.seal.rotateAll(seal, steps, keys);
    List<Ciphertext> actual = f.limb.rotateAll(limb, steps, keys);
    for (int i = 0; i < steps.length; i++) {
      f.same("rotation by " + steps[i], expected.get(i), actual.get(i));
    }
    PeriodicPlaintexts w = weights(64, 8, limbs, SCALE);
    BabyGiantProduct product = new BabyGiantProduct(4, List.of(piece(w, 4, 2, 1, 5)));
    SealEvaluationKeys more = f.keys(limbs, 1, 2, 3, 4, 5);
    f.same(
        "product",
        f.seal.babyGiantProducts(List.of(seal), product, more).get(0).orElseThrow(),
        f.limb.babyGiantProducts(List.of(limb), product, more).get(0).orElseThrow());
  }

  @Test
  void mistakesAreNamed() {
    LimbPair.Both x = f.encrypt(2, SCALE);
    LimbPair.Both y = f.encrypt(1, SCALE);
    SealEvaluationKeys keys = f.keys(1, 1);
    assertThatThrownBy(() -> f.limb.add(x.limb(), y.limb()))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("2 and 1 limbs");
    assertThatThrownBy(() -> f.limb.add(x.seal(), x.limb()))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("another engine");
    assertThatThrownBy(() -> f.limb.rotate(x.limb(), 1, keys))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("serves 1 limbs, the ciphertext has 2");
    assertThatThrownBy(() -> f.limb.rotateAll(x.limb(), new int[] {2, 3}, keys))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("was not given");
    assertThatThrownBy(() -> f.limb.rescale(y.limb()))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("1 limb");
    ByteBuffer raw =
        ByteBuffer.allocateDirect(2 * f.set.degree() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.putLong(80, f.set.dataPrime(0).value());
    assertThatThrownBy(() -> f.limb.importCiphertext(2, 1, SCALE, raw))
        .isInstanceOf(CkksException.class)
        .hasMessageContaining("word 10");
  }

  private PeriodicPlaintexts weights(int period, int count, int limbs, double scale) {
    double[][] rows = new double[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = f.random.doubles(period, -1, 1).toArray();
    }
    return f.keep(f.seal.encodePeriodic(rows, limbs, scale));
  }

  private static BabyGiantProduct.Piece piece(
      PeriodicPlaintexts w, int babies, int giants, double density, int lastStep) {
    List<int[]> terms = new ArrayList<>();
    for (int g = 0; g < giants; g++) {
      terms.add(
          IntStream.range(0, babies)
              .map(i -> f.random.nextDouble() < density ? f.random.nextInt(w.count()) : -1)
              .toArray());
    }
    return new BabyGiantProduct.Piece(w, terms, lastStep);
  }

  private static int[] none(int babies) {
    return IntStream.generate(() -> -1).limit(babies).toArray();
  }

  private static int[] one(int babies, int at) {
    int[] terms = none(babies);
    terms[at] = 0;
    return terms;
  }
}
