package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every operation decrypts to. */
@Tag("native")
class SealEvaluatorTest {

  // SEAL does not centre key-switching digits: slots at roots near 1 see up to 2^20 of noise.
  private static final double NOISE = 2e-5;
  private static final double SWITCHED = 5e-3;
  private static Fixture f;
  private static long liveBefore;

  @BeforeAll
  static void open() {
    liveBefore = SealArithmetic.liveObjects();
    f = new Fixture();
  }

  @AfterAll
  static void closeAll() {
    f.close();
    assertThat(SealArithmetic.liveObjects()).isEqualTo(liveBefore);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void freshEncryptionsDecrypt(int limbs) {
    double[] a = f.slots();
    f.assertDecrypts(f.encrypt(a, limbs, Fixture.SCALE), NOISE, i -> a[i]);
    f.assertDecrypts(f.encryptPublic(a, limbs, Fixture.SCALE), NOISE, i -> a[i]);
  }

  @Test
  void sumsAndDifferences() {
    double[] a = f.slots();
    double[] b = f.slots();
    try (Ciphertext x = f.encrypt(a, 2, Fixture.SCALE);
        Ciphertext y = f.encrypt(b, 2, Fixture.SCALE);
        Plaintext p = f.evaluator.encode(b, 3, Fixture.SCALE)) {
      f.assertDecrypts(f.evaluator.add(x, y), NOISE, i -> a[i] + b[i]);
      f.assertDecrypts(f.evaluator.subtract(x, y), NOISE, i -> a[i] - b[i]);
      f.assertDecrypts(f.evaluator.sum(List.of(x, y, x)), NOISE, i -> 2 * a[i] + b[i]);
      f.assertDecrypts(f.evaluator.sum(List.of(y)), NOISE, i -> b[i]);
      f.assertDecrypts(f.evaluator.addPlain(x, p), NOISE, i -> a[i] + b[i]);
      f.assertDecrypts(f.evaluator.dropTo(x, 1), NOISE, i -> a[i]);
    }
  }

  @Test
  void productsRelineariseAndRescale() {
    double[] a = f.slots();
    double[] b = f.slots();
    try (Ciphertext x = f.encrypt(a, 3, Fixture.SCALE);
        Ciphertext y = f.encrypt(b, 3, Fixture.SCALE);
        Plaintext p = f.evaluator.encode(b, 4, Fixture.SCALE);
        SealEvaluationKeys keys = f.relinearizationKey(3);
        Ciphertext xy = f.evaluator.multiply(x, y);
        Ciphertext small = f.evaluator.relinearize(xy, keys)) {
      assertThat(xy.size()).isEqualTo(3);
      assertThat(xy.scale()).isEqualTo(Fixture.SCALE * Fixture.SCALE);
      f.assertDecrypts(f.evaluator.multiplyPlain(x, p), NOISE, i -> a[i] * b[i]);
      f.assertDecrypts(f.evaluator.dropTo(xy, 2), NOISE, i -> a[i] * b[i]);
      Ciphertext rescaled = f.evaluator.rescale(small);
      assertThat(rescaled.limbs()).isEqualTo(2);
      assertThat(rescaled.scale())
          .isEqualTo(Fixture.SCALE * Fixture.SCALE / Fixture.SET.dataPrime(2).value());
      f.assertDecrypts(rescaled, NOISE, i -> a[i] * b[i]);
      f.assertDecrypts(f.evaluator.rescale(xy), NOISE, i -> a[i] * b[i]);
    }
  }

  @Test
  void rotationsAreCyclicInBothDirections() {
    double[] a = f.slots();
    int n = Fixture.SET.slots();
    try (Ciphertext x = f.encrypt(a, 2, Fixture.SCALE);
        SealEvaluationKeys keys = f.rotationKeys(2, 1, -3, 128, n - 5)) {
      for (int step : new int[] {1, -3, 128, n - 5, -5, n - 3, 0}) {
        f.assertDecrypts(
            f.evaluator.rotate(x, step, keys), NOISE, i -> a[Math.floorMod(i + step, n)]);
      }
      assertThat(keys.rotationLimbs(-5)).hasValue(2);
      assertThat(keys.rotationLimbs(7)).isEmpty();
      assertThat(keys.relinearizationLimbs()).isEmpty();
    }
  }

  @Test
  void encryptionOfZeroChangesAllWordsAndNoSlot() {
    double[] a = f.slots();
    for (int keyLimbs : new int[] {1, 4}) {
      var key = f.client.publicKey(keyLimbs);
      try (SealEvaluationKeys.Builder builder = f.seal.newKeys();
          SealEvaluationKeys keys =
              builder.publicKey(keyLimbs, key.seeds().get(0), key.c0()).build();
          Ciphertext x = f.encrypt(a, 1, Fixture.SCALE);
          HostCiphertext host = f.evaluator.take(x)) {
        f.seal.addEncryptionOfZero(host, keys);
        Ciphertext fresh = f.evaluator.bring(host);
        var before = Fixture.words(x).asLongBuffer();
        var after = Fixture.words(fresh).asLongBuffer();
        int equal = 0;
        while (before.hasRemaining()) {
          equal += before.get() == after.get() ? 1 : 0;
        }
        assertThat(equal).isLessThan(3);
        f.assertDecrypts(fresh, NOISE, i -> a[i]);
      }
    }
  }

  /** Variance 10.5 of each coefficient, N/2 of them in each part of a slot. */
  @Test
  void freshEncryptionsHaveTheErrorOfTheirDistribution() {
    double expected = Math.sqrt(10.5 * Fixture.SET.degree() / 2) / Fixture.SCALE;
    double[] slots = f.slots();
    try (Ciphertext x = f.encrypt(slots, 3, Fixture.SCALE)) {
      assertThat(rms(slots, f.decrypt(x)) / expected).as("seed %d", f.seed).isBetween(0.9, 1.1);
    }
  }

  private static double rms(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(squares / a.length);
  }

  /**
   * p0·u + e0 and p1·u + e1 decrypt to e·u + e0 + e1·s: variances 10.5 of each e, 2/3 of u and s.
   */
  @Test
  void encryptionOfZeroHasTheErrorOfItsDistributions() {
    int degree = Fixture.SET.degree();
    double expected =
        Math.sqrt(10.5 * (4.0 / 3 * degree + 1)) * Math.sqrt(degree / 2.0) / Fixture.SCALE;
    var key = f.client.publicKey(2);
    try (SealEvaluationKeys.Builder builder = f.seal.newKeys();
        SealEvaluationKeys keys = builder.publicKey(2, key.seeds().get(0), key.c0()).build();
        Ciphertext x = f.encrypt(f.slots(), 2, Fixture.SCALE);
        HostCiphertext host = f.evaluator.take(x)) {
      double[] before = f.decrypt(x);
      f.seal.addEncryptionOfZero(host, keys);
      double[] after;
      try (Ciphertext fresh = f.evaluator.bring(host)) {
        after = f.decrypt(fresh);
      }
      assertThat(rms(before, after) / expected).as("seed %d", f.seed).isBetween(0.9, 1.1);
    }
  }

  @Test
  void sumOfPlainProductsSkipsNegativeIndices() {
    int period = 128;
    List<Ciphertext> x = new ArrayList<>();
    double[][] a = new double[5][];
    double[][] u = new double[4][];
    for (int i = 0; i < a.length; i++) {
      a[i] = f.slots();
      x.add(f.encrypt(a[i], 1, 0x1p30));
    }
    for (int i = 0; i < u.length; i++) {
      u[i] = f.slots(period, 1);
    }
    int[] index = {3, -1, 0, 0, 2};
    try (PeriodicPlaintexts w = f.evaluator.encodePeriodic(u, 2, 0x1p14)) {
      Ciphertext y = f.evaluator.sumOfPlainProducts(x, w, index);
      assertThat(y.scale()).isEqualTo(0x1p44);
      f.assertDecrypts(
          y,
          5e-3,
          i -> {
            double sum = 0;
            for (int t = 0; t < index.length; t++) {
              sum += index[t] < 0 ? 0 : a[t][i] * u[index[t]][i % period];
            }
            return sum;
          });
    }
    x.forEach(Ciphertext::close);
  }

  /** i·z̄ of complex z, seen through its real part and through that of its product with −i. */
  @Test
  void complexSlotsAreMultipliedAndConjugated() {
    int n = Fixture.SET.slots();
    double[] z = f.slots(2 * n, 1);
    double[] u = f.slots(2 * 64, 1);
    double[] minusI = {0, 0, -1, -1};
    int step = Fixture.SET.conjugationStep();
    try (Ciphertext x = f.encrypt(z, 2, 0x1p30);
        SealEvaluationKeys keys = f.rotationKeys(2, step);
        Ciphertext turned = f.evaluator.conjugate(x, keys);
        PeriodicPlaintexts w = f.evaluator.encodePeriodicComplex(new double[][] {u}, 2, 0x1p20);
        PeriodicPlaintexts turn =
            f.evaluator.encodePeriodicComplex(new double[][] {minusI}, 2, 0x1p10);
        Ciphertext product = f.evaluator.sumOfPlainProducts(List.of(turned), w, new int[] {0})) {
      IntToDoubleFunction re = i -> z[i] * u[i % 64] + z[n + i] * u[64 + i % 64];
      IntToDoubleFunction im = i -> z[i] * u[64 + i % 64] - z[n + i] * u[i % 64];
      f.assertDecrypts(f.evaluator.dropTo(product, 2), SWITCHED, re);
      f.assertDecrypts(
          f.evaluator.sumOfPlainProducts(List.of(product), turn, new int[] {0}), SWITCHED, im);
      f.assertDecrypts(f.evaluator.add(x, turned), SWITCHED, i -> 2 * z[i]);
    }
  }

  @Test
  void periodicAddition() {
    double[] a = f.slots();
    double[][] u = {f.slots(64, 1), f.slots(64, 1)};
    try (Ciphertext x = f.encrypt(a, 2, Fixture.SCALE);
        PeriodicPlaintexts w = f.evaluator.encodePeriodic(u, 3, Fixture.SCALE)) {
      f.assertDecrypts(f.evaluator.addPlain(x, w, 1), NOISE, i -> a[i] + u[1][i % 64]);
    }
  }

  @Test
  void versionIsThatOfTheLinkedLibrary() {
    assertThat(SealInfo.version()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(SealInfo.warningFor("4.1.2"))
        .hasValueSatisfying(w -> assertThat(w).contains("4.1.2"));
    assertThat(SealInfo.warningFor("4.4.0")).isEmpty();
    assertThat(SealInfo.warningFor("5.0.0")).isEmpty();
  }
}
