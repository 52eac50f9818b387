package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of products against chains of SEAL's multiply_plain, multiply and add, word for word. */
@Tag("native")
class SealProductsTest {

  private static Fixture f;

  @BeforeAll
  static void open() {
    f = new Fixture();
  }

  @AfterAll
  static void closeAll() {
    f.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,2",
    "2,3,1",
    "64,2,2",
    "128,1,1",
    "128,33,2",
    "256,5,3",
    "512,4,1",
    "1024,3,2",
    "2048,3,1",
    "4096,2,4"
  })
  void sumOfPlainProductsEqualsSealWordForWord(int period, int terms, int limbs) {
    List<Ciphertext> x = new ArrayList<>();
    double[][] rows = new double[terms][];
    int[] index = new int[terms];
    for (int i = 0; i < terms; i++) {
      x.add(f.encrypt(f.slots(), limbs, 0x1p20));
      rows[i] = f.slots(period, 1);
      index[i] = terms - 1 - i;
    }
    var w = (EncodedPeriodicPlaintexts) f.evaluator.encodePeriodic(rows, limbs, 0x1p20);
    Ciphertext expected = reference(x, w, index);
    assertSameWords(f.evaluator.sumOfPlainProducts(x, w, index), expected);
    expected.close();
    x.forEach(Ciphertext::close);
  }

  @Test
  void thousandsOfTermsCarryCorrectly() {
    int terms = 5000;
    try (Ciphertext x = f.encrypt(f.slots(), 2, 0x1p20)) {
      var w =
          (EncodedPeriodicPlaintexts)
              f.evaluator.encodePeriodic(new double[][] {f.slots(64, 1)}, 2, 0x1p20);
      int[] index = new int[terms];
      // the doubling chain of SEAL's additions: 5000 = sum of its binary digits
      Ciphertext power = reference(List.of(x), w, new int[] {0});
      List<Ciphertext> parts = new ArrayList<>();
      for (int bit = 0; terms >> bit != 0; bit++) {
        if ((terms >> bit & 1) != 0) {
          parts.add(f.evaluator.sum(List.of(power)));
        }
        Ciphertext doubled = f.evaluator.add(power, power);
        power.close();
        power = doubled;
      }
      Ciphertext expected = f.evaluator.sum(parts);
      List<Ciphertext> copies = Collections.nCopies(terms, x);
      assertSameWords(f.evaluator.sumOfPlainProducts(copies, w, index), expected);
      power.close();
      expected.close();
      parts.forEach(Ciphertext::close);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void productsEqualSealWordForWord(int limbs) {
    List<Ciphertext> a = new ArrayList<>();
    List<Ciphertext> b = new ArrayList<>();
    List<Ciphertext> products = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      a.add(f.encrypt(f.slots(), limbs, 0x1p20));
      b.add(f.encrypt(f.slots(), limbs, 0x1p20));
      products.add(f.evaluator.multiply(a.get(i), b.get(i)));
    }
    Ciphertext expected = f.evaluator.sum(products);
    assertSameWords(f.evaluator.sumOfProducts(a, b), expected);
    expected.close();
    List.of(a, b, products).forEach(list -> list.forEach(Ciphertext::close));
  }

  @Test
  void multiplyPlainEqualsSealWordForWord() {
    double[] slots = f.slots();
    try (Ciphertext x = f.encrypt(f.slots(), 2, 0x1p20);
        var p = (SealPlaintext) f.evaluator.encode(slots, 3, 0x1p20)) {
      ByteBuffer words =
          ByteBuffer.allocateDirect(3 * Fixture.SET.degree() * Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      io.cipherstream.seal.jni.SealShim.plain_copy_words(p.handle(), words);
      Ciphertext expected = f.seal.referenceMultiplyPlain(x, words, 0x1p20);
      assertSameWords(f.evaluator.multiplyPlain(x, p), expected);
      expected.close();
    }
  }

  private static Ciphertext reference(
      List<? extends Ciphertext> x, EncodedPeriodicPlaintexts w, int[] index) {
    List<Ciphertext> products = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      ByteBuffer full = Expansion.full(Fixture.SET, w, index[i], x.get(i).limbs());
      products.add(f.seal.referenceMultiplyPlain(x.get(i), full, w.scale()));
    }
    Ciphertext sum = f.evaluator.sum(products);
    products.forEach(Ciphertext::close);
    return sum;
  }

  private static void assertSameWords(Ciphertext actual, Ciphertext expected) {
    assertThat(Fixture.words(actual)).isEqualTo(Fixture.words(expected));
    assertThat(actual.scale()).isEqualTo(expected.scale());
    actual.close();
  }
}
