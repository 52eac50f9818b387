package io.cipherstream.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.ring.EngineException;
import io.cipherstream.ring.IntegerMatrix;
import io.cipherstream.ring.LimbBuffer;
import io.cipherstream.ring.LimbEngine;
import io.cipherstream.ring.LimbRing;
import io.cipherstream.ring.LimbView;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Products of an integer matrix with limbs, on all kernels, against whole numbers without a bound.
 */
@Tag("native")
class MatrixProductTest {

  private static final LimbRing RING = CkksParameters.N4096.ring();
  private static final int WORDS = 2 * 4096;

  @Test
  void equalsSumsOfProductsOfWholeNumbers() {
    long seed = System.nanoTime();
    System.out.println("MatrixProductTest seed " + seed);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (LimbEngine best = new SealEngine(RING, Long.MAX_VALUE, pool, 3);
        LimbEngine portable = SealEngine.withPortableKernels(RING)) {
      for (LimbEngine engine : List.of(best, portable)) {
        check(engine, 1, 1, seed);
        check(engine, 7, 3, seed);
        check(engine, 13, 40, seed);
        check(engine, 6, 1030, seed); // more than a carry apart
        check(engine, 1, 4100, seed); // more than AVX2 sums hold
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void check(LimbEngine engine, int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long q = RING.modulus(0).value();
    long[][] x = new long[columns][WORDS];
    for (long[] limb : x) {
      for (int k = 0; k < WORDS; k++) {
        limb[k] = k % 5 == 0 ? q - 1 : random.nextLong(q);
      }
    }
    IntegerMatrix m = new IntegerMatrix(rows, columns, r -> row(random, columns));
    List<LimbBuffer> buffers = new ArrayList<>();
    try {
      List<LimbView> operands = new ArrayList<>();
      for (long[] limb : x) {
        LimbBuffer buffer = engine.allocate(WORDS);
        buffers.add(buffer);
        engine.upload(bytes(limb), buffer, 0);
        operands.add(LimbView.of(buffer));
      }
      List<LimbView> results = new ArrayList<>();
      for (int r = 0; r < rows; r++) {
        LimbBuffer buffer = engine.allocate(WORDS);
        buffers.add(buffer);
        results.add(LimbView.of(buffer));
      }
      assertThat(engine.multiply(m, 0, operands, results)).isTrue();
      for (int r = 0; r < rows; r++) {
        ByteBuffer got = bytes(new long[WORDS]);
        engine.download(results.get(r).buffer(), 0, got);
        for (int k = 0; k < WORDS; k += 97) {
          BigInteger sum = BigInteger.ZERO;
          for (int c = 0; c < columns; c++) {
            sum = sum.add(BigInteger.valueOf(m.entry(r, c)).multiply(BigInteger.valueOf(x[c][k])));
          }
          assertThat(got.getLong(Long.BYTES * k))
              .as("seed %d, %s, %d × %d, row %d, word %d", seed, engine.name(), rows, columns, r, k)
              .isEqualTo(sum.mod(BigInteger.valueOf(q)).longValueExact());
        }
      }
    } finally {
      buffers.forEach(LimbBuffer::close);
    }
  }

  /** Entries of every size, and columns in which all rows are zero. */
  private static int[] row(SplittableRandom random, int columns) {
    int[] row = new int[columns];
    for (int c = 0; c < columns; c++) {
      int bound = 1 << (c % 31 == 30 ? 0 : c % 31);
      row[c] =
          c % 4 == 3
              ? 0
              : c % 31 == 5 ? IntegerMatrix.ENTRY_MAX : random.nextInt(-bound, bound + 1);
    }
    return row;
  }

  private static ByteBuffer bytes(long[] words) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Long.BYTES * words.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }

  @Test
  void viewsThatDoNotFitAreRefused() {
    IntegerMatrix m = new IntegerMatrix(1, 2, r -> new int[] {1, 2});
    try (LimbEngine engine = new SealEngine(RING);
        LimbEngine other = new SealEngine(RING);
        LimbBuffer a = engine.allocate(64);
        LimbBuffer b = engine.allocate(128);
        LimbBuffer foreign = other.allocate(64)) {
      LimbView x = LimbView.of(a);
      for (List<LimbView> operands :
          List.of(List.of(x), List.of(x, LimbView.of(b)), List.of(x, LimbView.of(foreign)))) {
        assertThatThrownBy(() -> engine.multiply(m, 0, operands, List.of(x)))
            .isInstanceOf(EngineException.class)
            .hasMessageContaining("1 × 2");
      }
    }
  }
}
