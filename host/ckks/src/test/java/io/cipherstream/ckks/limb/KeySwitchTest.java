package io.cipherstream.ckks.limb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.Ciphertext;
import io.cipherstream.ckks.CkksEvaluator;
import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ckks.SmallParameters;
import io.cipherstream.ring.JavaEngine;
import io.cipherstream.ring.Repeat;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rotations and relinearisations on the interpreter against a model in integers, word for word, and
 * what they decrypt to against the bound of their error; no native library is involved.
 */
class KeySwitchTest {

  private static final int N = 32;
  private static final double SCALE = 0x1p20;

  /** One parameter set, a client's keys, and the evaluator. */
  private static final class Bench implements AutoCloseable {
    final long seed = Long.getLong("test.seed", System.nanoTime());
    final SplittableRandom random = new SplittableRandom(seed);
    final CkksParameters set;
    final JavaKeys keys;
    final Polynomials polynomials;
    final JavaEngine engine;
    final CkksEvaluator evaluator;

    Bench(int dataLimbs, int specials, int bits) {
      System.out.println("test.seed=" + seed);
      set = SmallParameters.of(seed, N, dataLimbs, specials, bits);
      keys = new JavaKeys(set, random.split());
      polynomials = keys.polynomials;
      engine = new JavaEngine(set.ring(), 1 << 24);
      evaluator = new CkksEvaluator(new LimbArithmetic(set, engine, 1 << 22));
    }

    /** Any ciphertext: uniform words encrypt something. */
    long[][][] words(int size, int limbs) {
      long[][][] words = new long[size][limbs][];
      for (long[][] poly : words) {
        for (int i = 0; i < limbs; i++) {
          poly[i] = random.longs(N, 0, set.dataPrime(i).value()).toArray();
        }
      }
      return words;
    }

    Ciphertext bring(long[][][] words) {
      int limbs = words[0].length;
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(words.length * limbs * N * Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      Arrays.stream(words)
          .flatMap(Arrays::stream)
          .flatMapToLong(Arrays::stream)
          .forEach(buffer::putLong);
      return evaluator.importCiphertext(words.length, limbs, SCALE, buffer.flip());
    }

    /** The words of a ciphertext, which is closed. */
    long[][][] words(Ciphertext a) {
      ByteBuffer buffer =
          ByteBuffer.allocateDirect((int) a.words(set) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      try (a) {
        a.copyWordsTo(buffer);
      }
      buffer.flip();
      long[][][] words = new long[a.size()][a.limbs()][N];
      for (long[][] poly : words) {
        for (long[] limb : poly) {
          Arrays.setAll(limb, k -> buffer.getLong());
        }
      }
      return words;
    }

    BigInteger[] integers(long[][] poly) {
      return polynomials.integers(poly, IntStream.range(0, poly.length).toArray());
    }

    /** Σ cᵢ·sⁱ. */
    BigInteger[] phase(long[][][] words) {
      BigInteger[] phase = polynomials.zero();
      for (int poly = words.length - 1; poly >= 0; poly--) {
        phase = polynomials.add(integers(words[poly]), polynomials.multiply(phase, keys.secret));
      }
      return phase;
    }

    void assertWords(String what, BigInteger[][] expected, long[][][] actual) {
      for (int poly = 0; poly < 2; poly++) {
        int[] moduli = IntStream.range(0, actual[poly].length).toArray();
        assertThat(actual[poly])
            .as("%s, polynomial %d, %s, seed %d", what, poly, set, seed)
            .isDeepEqualTo(polynomials.limbs(expected[poly], moduli));
      }
    }

    void assertClose(
        String what,
        BigInteger[] expected,
        long[][][] actual,
        SwitchModel model,
        BigInteger bound) {
      BigInteger[] phase = phase(actual);
      BigInteger[] off = new BigInteger[N];
      Arrays.setAll(off, k -> phase[k].subtract(expected[k]));
      BigInteger error =
          Polynomials.largest(List.<BigInteger[]>of(Polynomials.centred(off, model.q())));
      assertThat(error)
          .as("error of %s, %s, seed %d", what, set, seed)
          .isLessThanOrEqualTo(bound)
          .isPositive();
    }

    @Override
    public void close() {
      keys.close();
      evaluator.close();
      engine.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 50", "5, 2, 50", "7, 3, 40", "4, 4, 30", "3, 5, 50"})
  void rotations(int dataLimbs, int specials, int bits) {
    try (Bench b = new Bench(dataLimbs, specials, bits)) {
      int start = b.random.nextInt(N);
      for (int limbs = 1; limbs <= dataLimbs; limbs++) {
        int step = 1 + (start + limbs) % (N / 2 - 1); // another one each time: keys stay
        int keyLimbs = limbs + b.random.nextInt(dataLimbs - limbs + 1);
        b.keys.rotation(step, keyLimbs);
        SwitchModel model = new SwitchModel(b.keys, limbs);
        int element = b.set.galoisElement(step);
        long[][][] words = b.words(2, limbs);
        BigInteger[][] turned = new BigInteger[2][];
        Arrays.setAll(turned, p -> b.polynomials.turned(b.integers(words[p]), element));
        long[][] target =
            b.set.hybrid()
                ? words[1]
                : b.polynomials.limbs(turned[1], IntStream.range(0, limbs).toArray());
        BigInteger[][] expected = model.switched(target, b.keys.key(step));
        if (b.set.hybrid()) {
          Arrays.setAll(expected, p -> b.polynomials.turned(expected[p], element));
        }
        expected[0] = b.polynomials.add(expected[0], turned[0]);
        String what = limbs + " limbs rotated by " + step + " with a key for " + keyLimbs;
        try (Ciphertext a = b.bring(words)) {
          long[][][] actual = b.words(b.evaluator.rotate(a, step, b.keys));
          b.assertWords(what, expected, actual);
          BigInteger[] phase = b.polynomials.turned(b.phase(words), element);
          b.assertClose(what, phase, actual, model, model.bound(target));
          try (Ciphertext rotated = b.evaluator.rotate(a, step, b.keys)) {
            assertThat(b.words(b.evaluator.plusRotated(a, step, b.keys)))
                .as("%s, added, seed %d", what, b.seed)
                .isDeepEqualTo(b.words(b.evaluator.add(a, rotated)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 50", "5, 2, 50", "7, 3, 40", "4, 4, 30"})
  void relinearisation(int dataLimbs, int specials, int bits) {
    try (Bench b = new Bench(dataLimbs, specials, bits)) {
      b.keys.relinearization(dataLimbs);
      for (int limbs = 1; limbs <= dataLimbs; limbs++) {
        SwitchModel model = new SwitchModel(b.keys, limbs);
        long[][][] words = b.words(3, limbs);
        BigInteger[][] expected = model.switched(words[2], b.keys.key(0));
        for (int p = 0; p < 2; p++) {
          expected[p] = b.polynomials.add(expected[p], b.integers(words[p]));
        }
        String what = limbs + " limbs relinearised";
        try (Ciphertext a = b.bring(words)) {
          long[][][] actual = b.words(b.evaluator.relinearize(a, b.keys));
          b.assertWords(what, expected, actual);
          b.assertClose(what, b.phase(words), actual, model, model.bound(words[2]));
        }
      }
    }
  }

  /** Several rotations of one ciphertext give the words that each gives alone. */
  @ParameterizedTest
  @CsvSource({"4, 1, 50", "7, 3, 40", "4, 4, 30"})
  void hoistedRotations(int dataLimbs, int specials, int bits) {
    try (Bench b = new Bench(dataLimbs, specials, bits)) {
      int[] steps = {3, -1, 7, 2, N / 2 - 1 - 3, 1};
      for (int i = 0; i < steps.length; i++) {
        b.keys.rotation(steps[i], i % 2 == 0 ? dataLimbs : dataLimbs - 1);
      }
      for (int limbs = 1; limbs < dataLimbs; limbs++) {
        try (Ciphertext a = b.bring(b.words(2, limbs))) {
          List<Ciphertext> together = b.evaluator.rotateAll(a, steps, b.keys);
          for (int i = 0; i < steps.length; i++) {
            assertThat(b.words(together.get(i)))
                .as("%d limbs rotated by %d, %s, seed %d", limbs, steps[i], b.set, b.seed)
                .isDeepEqualTo(b.words(b.evaluator.rotate(a, steps[i], b.keys)));
          }
        }
      }
    }
  }

  /** A product of matrices by baby and giant steps, hoisted twice, against its definition. */
  @ParameterizedTest
  @CsvSource({"4, 1, 50, 4", "5, 2, 50, 5", "7, 3, 40, 5", "4, 4, 45, 3"})
  void babyGiantProducts(int dataLimbs, int specials, int bits, int limbs) {
    try (Bench b = new Bench(dataLimbs, specials, bits)) {
      int babySteps = 4;
      int period = 8;
      double[][] rows =
          IntStream.range(0, 12)
              .mapToObj(r -> b.random.doubles(period, -1, 1).toArray())
              .toArray(double[][]::new);
      EncodedPeriodicPlaintexts w =
          (EncodedPeriodicPlaintexts) b.evaluator.encodePeriodic(rows, dataLimbs, SCALE);
      BabyGiantProduct product =
          new BabyGiantProduct(
              babySteps,
              List.of(
                  new BabyGiantProduct.Piece(
                      w,
                      List.of(
                          new int[] {0, 1, -1, 2, 3, -1, 4, -1},
                          new int[] {-1, -1, -1, -1, -1, -1, -1, -1},
                          new int[] {5, -1, -1, 6, -1, -1, -1, 7}),
                      -3),
                  new BabyGiantProduct.Piece(
                      w, List.of(new int[] {8, -1, -1, -1, -1, 9, -1, -1}), 0),
                  new BabyGiantProduct.Piece(
                      w, List.of(new int[] {-1, 10, -1, -1, -1, -1, 11, -1}), 0)));
      for (int step : new int[] {1, 2, 3, babySteps, -3}) {
        b.keys.rotation(step, dataLimbs);
      }
      List<long[][][]> words = List.of(b.words(2, limbs), b.words(2, limbs));
      List<Ciphertext> x = words.stream().map(b::bring).toList();
      List<Optional<Ciphertext>> results = b.evaluator.babyGiantProducts(x, product, b.keys);
      SwitchModel model = new SwitchModel(b.keys, limbs);
      for (int p = 0; p < results.size(); p++) {
        BabyGiantProduct.Piece piece = product.pieces().get(p);
        BigInteger[] sum = b.polynomials.zero();
        for (int giant = piece.terms().size() - 1; giant >= 0; giant--) {
          sum = b.polynomials.turned(sum, b.set.galoisElement(babySteps));
          for (int t = 0; t < 2 * babySteps; t++) {
            int row = piece.terms().get(giant)[t];
            if (row >= 0) {
              BigInteger[] baby =
                  b.polynomials.turned(
                      b.phase(words.get(t / babySteps)), b.set.galoisElement(t % babySteps));
              sum = b.polynomials.add(sum, b.polynomials.multiply(diagonal(b, w, row), baby));
            }
          }
        }
        sum = b.polynomials.turned(sum, b.set.galoisElement(piece.lastStep()));
        b.assertClose(
            "piece " + p,
            sum,
            b.words(results.get(p).orElseThrow()),
            model,
            model.productBound(piece.terms().size() + 1, 8, N * (long) SCALE));
      }
      x.forEach(Ciphertext::close);
      w.close();
    }
  }

  /** The small integers that a row's residues stand for, those of several special primes too. */
  private static BigInteger[] diagonal(Bench b, EncodedPeriodicPlaintexts w, int row) {
    ByteBuffer words = w.row(row).order(ByteOrder.LITTLE_ENDIAN);
    Repeat repeat = Repeat.mirrored(N, w.period());
    long[][] limbs = new long[w.rowLimbs()][N];
    for (int i = 0; i < limbs.length; i++) {
      int first = i * w.period();
      Arrays.setAll(limbs[i], k -> words.getLong((first + repeat.index(k, N)) * Long.BYTES));
    }
    int[] moduli = IntStream.range(0, w.rowLimbs()).toArray(); // encoded for all data primes
    BigInteger[] centred =
        Polynomials.centred(b.polynomials.integers(limbs, moduli), b.polynomials.product(moduli));
    assertThat(Polynomials.largest(List.<BigInteger[]>of(centred)))
        .as("coefficients of a diagonal")
        .isLessThanOrEqualTo(BigInteger.valueOf(N * (long) SCALE));
    return centred;
  }
}
