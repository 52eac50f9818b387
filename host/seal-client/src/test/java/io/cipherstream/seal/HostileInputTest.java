package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksException;
import io.cipherstream.ckks.CkksException.Kind;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.HostCiphertext;
import io.cipherstream.ckks.PeriodicPlaintexts;
import io.cipherstream.ckks.Plaintext;
import io.cipherstream.seal.client.SealClient;
import io.cipherstream.seal.client.SeededKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile or broken peer might send; each test is named after the attack. */
@Tag("native")
class HostileInputTest {

  private static final int N = Fixture.SET.degree();
  private static Fixture f;
  private static SealEvaluationKeys keys;
  private static long live;

  @BeforeAll
  static void open() {
    f = new Fixture();
    keys = f.rotationKeys(2, 1);
    live = SealArithmetic.liveObjects();
  }

  @AfterAll
  static void closeAll() {
    assertThat(SealArithmetic.liveObjects()).as("nothing half made stays behind").isEqualTo(live);
    keys.close();
    f.close();
  }

  private static void rejected(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CkksException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static ByteBuffer zeros(int polynomialLimbs) {
    return ByteBuffer.allocateDirect(polynomialLimbs * N * 8).order(ByteOrder.LITTLE_ENDIAN);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1L << 62, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void wordNotBelowItsPrime(long above) {
    long q = Fixture.SET.dataPrime(1).value();
    for (int word : new int[] {0, 1, N - 1}) {
      ByteBuffer words = zeros(4);
      words.putLong((3 * N + word) * 8, above >= 0 && above < 2 ? q + above : above);
      rejected(Kind.WORDS, () -> f.evaluator.importCiphertext(2, 2, 0x1p30, words));
      ByteBuffer c0 = words.slice(2 * N * 8, 2 * N * 8);
      rejected(Kind.WORDS, () -> f.seal.seeded(2, 0x1p30, c0, new byte[64]));
      rejected(Kind.WORDS, () -> f.client.decrypt(words, 2, 2, 0x1p30));
    }
  }

  @Test
  void largestCanonicalWordsAreAccepted() {
    ByteBuffer words = zeros(2);
    while (words.hasRemaining()) {
      words.putLong(Fixture.SET.dataPrime(0).value() - 1);
    }
    f.evaluator.importCiphertext(2, 1, 0x1p30, words.flip()).close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0, -1, 0x1p49, 0x1p200})
  void scaleThatIsNoScale(double scale) {
    rejected(Kind.SCALE, () -> f.evaluator.importCiphertext(2, 1, scale, zeros(2)));
    rejected(Kind.SCALE, () -> f.seal.seeded(1, scale, zeros(1), new byte[64]));
    rejected(Kind.SCALE, () -> f.evaluator.encode(new double[] {1}, 1, scale));
    rejected(Kind.SCALE, () -> f.evaluator.encodePeriodic(new double[][] {{1}}, 1, scale));
    rejected(Kind.SCALE, () -> f.client.decrypt(zeros(2), 2, 1, scale));
    rejected(Kind.SCALE, () -> f.client.encryptSeeded(new double[] {1}, 1, scale));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY, 0x1p40})
  void plaintextValueThatCannotBeEncoded(double value) {
    double[] slots = {0, value};
    rejected(Kind.VALUE, () -> f.evaluator.encode(slots, 1, 0x1p30));
    rejected(Kind.VALUE, () -> f.evaluator.encodePeriodic(new double[][] {slots}, 1, 0x1p30));
    rejected(Kind.VALUE, () -> f.client.encryptSeeded(slots, 1, 0x1p30));
    rejected(Kind.VALUE, () -> f.client.encryptPublic(slots, 1, 0x1p30));
  }

  @Test
  void wrongSizeLimbsOrLength() {
    rejected(Kind.SHAPE, () -> f.evaluator.importCiphertext(1, 1, 0x1p30, zeros(1)));
    rejected(Kind.SHAPE, () -> f.evaluator.importCiphertext(4, 1, 0x1p30, zeros(4)));
    rejected(Kind.SHAPE, () -> f.evaluator.importCiphertext(2, 0, 0x1p30, zeros(2)));
    rejected(Kind.SHAPE, () -> f.evaluator.importCiphertext(2, 5, 0x1p30, zeros(10)));
    rejected(Kind.WORDS, () -> f.evaluator.importCiphertext(2, 2, 0x1p30, zeros(3)));
    rejected(
        Kind.WORDS,
        () -> f.evaluator.importCiphertext(2, 1, 0x1p30, ByteBuffer.allocate(2 * N * 8)));
    rejected(Kind.WORDS, () -> f.seal.seeded(1, 0x1p30, zeros(1), new byte[63]));
    rejected(Kind.SHAPE, () -> f.evaluator.encode(new double[Fixture.SET.slots() + 1], 1, 0x1p30));
  }

  @Test
  void operandsThatDoNotFit() {
    try (Ciphertext one = f.encrypt(f.slots(), 1, 0x1p30);
        Ciphertext two = f.encrypt(f.slots(), 2, 0x1p30);
        Ciphertext other = f.encrypt(f.slots(), 1, 0x1p30 * (1 + 0x1p-19));
        Ciphertext close = f.encrypt(f.slots(), 1, 0x1p30 * (1 + 0x1p-21));
        Ciphertext product = f.evaluator.multiply(two, two);
        Plaintext plain = f.evaluator.encode(f.slots(), 1, 0x1p30);
        PeriodicPlaintexts w = f.evaluator.encodePeriodic(new double[][] {{1}}, 1, 0x1p14)) {
      rejected(Kind.SHAPE, () -> f.evaluator.add(one, two));
      rejected(Kind.SCALE, () -> f.evaluator.add(one, other));
      f.evaluator.add(one, close).close();
      rejected(Kind.SCALE, () -> f.evaluator.sum(List.of(one, other)));
      rejected(Kind.SHAPE, () -> f.evaluator.sum(List.of()));
      rejected(Kind.SHAPE, () -> f.evaluator.multiplyPlain(two, plain));
      rejected(Kind.SCALE, () -> f.evaluator.multiplyPlain(one, plain));
      rejected(Kind.SCALE, () -> f.evaluator.multiply(one, one));
      rejected(Kind.SHAPE, () -> f.evaluator.multiply(product, two));
      rejected(Kind.SHAPE, () -> f.evaluator.rotate(product, 1, keys));
      rejected(Kind.SHAPE, () -> f.evaluator.rotate(one, Fixture.SET.slots(), keys));
      rejected(Kind.SHAPE, () -> f.evaluator.rescale(one));
      rejected(Kind.SHAPE, () -> f.evaluator.dropTo(one, 2));
      rejected(Kind.SHAPE, () -> f.evaluator.sumOfPlainProducts(List.of(one), w, new int[] {-1}));
      rejected(Kind.SHAPE, () -> f.evaluator.sumOfPlainProducts(List.of(one), w, new int[] {1}));
      rejected(Kind.SHAPE, () -> f.evaluator.sumOfPlainProducts(List.of(two), w, new int[] {0}));
      rejected(Kind.SHAPE, () -> f.evaluator.sumOfPlainProducts(List.of(one), w, new int[] {}));
    }
  }

  @Test
  void missingKeyAndKeyWithTooFewLimbs() {
    try (Ciphertext two = f.encrypt(f.slots(), 2, 0x1p30);
        Ciphertext three = f.encrypt(f.slots(), 3, 0x1p30);
        Ciphertext product = f.evaluator.multiply(two, two)) {
      rejected(Kind.KEY_MISSING, () -> f.evaluator.rotate(two, 2, keys));
      rejected(Kind.KEY_MISSING, () -> f.evaluator.rotate(three, 1, keys));
      rejected(Kind.KEY_MISSING, () -> f.evaluator.relinearize(product, keys));
      try (HostCiphertext host = f.evaluator.take(two);
          HostCiphertext large = f.evaluator.take(product)) {
        rejected(Kind.KEY_MISSING, () -> f.seal.addEncryptionOfZero(host, keys));
        rejected(Kind.SHAPE, () -> f.seal.addEncryptionOfZero(large, keys));
      }
    }
  }

  @Test
  void keyGivenTwiceOutOfOrderShortOrWithAWordTooLarge() {
    SeededKey key = f.client.rotationKey(3, 2);
    try (SealEvaluationKeys.Builder builder = f.seal.newKeys()) {
      List<byte[]> seeds = key.seeds();
      rejected(Kind.SHAPE, () -> builder.addRotationDigit(3, 2, 1, seeds.get(1), key.c0()));
      rejected(Kind.WORDS, () -> builder.addRotation(3, 2, seeds, zeros(2)));
      rejected(Kind.WORDS, () -> builder.addRotation(3, 2, seeds.subList(0, 1), key.c0()));
      ByteBuffer bad = zeros(6);
      bad.putLong(2 * N * 8, Fixture.SET.specialPrime().value());
      rejected(Kind.WORDS, () -> builder.addRotation(3, 2, seeds, bad));
      builder.addRotationDigit(3, 2, 0, seeds.get(0), key.c0());
      rejected(Kind.SHAPE, builder::build);
      builder.addRotationDigit(3, 2, 1, seeds.get(1), key.c0());
      rejected(Kind.SHAPE, () -> builder.addRotation(3, 2, seeds, key.c0().rewind()));
      rejected(
          Kind.SHAPE,
          () -> builder.addRotation(3 - Fixture.SET.slots(), 2, seeds, key.c0().rewind()));
      rejected(Kind.SHAPE, () -> builder.addRotation(0, 2, seeds, key.c0().rewind()));
    }
  }

  @Test
  void secretKeyThatIsNoSecretKey() {
    ByteBuffer words = zeros(Fixture.SET.dataLimbs() + 1);
    f.client.copySecretKeyTo(words);
    words.flip();
    words.putLong(0, words.getLong(0) ^ 1);
    rejected(Kind.WORDS, () -> SealClient.fromSecretKey(Fixture.SET, words));
    rejected(Kind.WORDS, () -> SealClient.fromSecretKey(Fixture.SET, zeros(1)));
    ByteBuffer above = zeros(Fixture.SET.dataLimbs() + 1);
    above.putLong(0, -1);
    rejected(Kind.WORDS, () -> SealClient.fromSecretKey(Fixture.SET, above));
  }

  @Test
  void objectsOfAnotherParameterSet() {
    try (SealClient client = SealClient.generate(CkksParameters.N16384);
        SealArithmetic seal = new SealArithmetic(CkksParameters.N16384);
        CkksEvaluator other = new CkksEvaluator(seal)) {
      var fresh = client.encryptSeeded(new double[] {1}, 1, 0x1p30);
      try (HostCiphertext host = seal.seeded(1, 0x1p30, fresh.c0(), fresh.seed());
          Ciphertext x = other.bring(host)) {
        rejected(Kind.SHAPE, () -> f.evaluator.add(x, x));
        rejected(Kind.SHAPE, () -> other.rotate(x, 1, keys));
        rejected(Kind.SHAPE, () -> f.evaluator.bring(host));
        rejected(Kind.SHAPE, () -> f.evaluator.take(x));
      }
    }
  }

  @Test
  void closedObjects() {
    Ciphertext x = f.encrypt(f.slots(), 1, 0x1p30);
    x.close();
    x.close();
    assertThatThrownBy(() -> f.evaluator.add(x, x)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> x.copyWordsTo(zeros(2))).isInstanceOf(IllegalStateException.class);
  }
}
