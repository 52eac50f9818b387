package io.cipherstream.ckks.limb;

import io.cipherstream.ckks.BabyGiantProduct;
import io.cipherstream.ckks.EncodedPeriodicPlaintexts;
import io.cipherstream.ring.Repeat;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that the program of a baby-step-giant-step product depends on, compared by value: layers with
 * the same diagonals share a program whatever their weights are.
 *
 * @param limbs ℓ
 * @param blocks input ciphertexts
 * @param sources shapes of the distinct weight arrays
 * @param pieces non-empty pieces
 * @param keyLimbs limbs of the key for each canonical step that is rotated the plain way
 */
record BabyGiantShape(
    int limbs,
    int blocks,
    int babySteps,
    List<Source> sources,
    List<Piece> pieces,
    SortedMap<Integer, Integer> keyLimbs) {

  /**
   * Where the rows of a weight array lie.
   *
   * @param repeat how a row's words of one limb stand for N
   * @param limbs of the data primes; behind them come those of several special primes
   */
  record Source(Repeat repeat, int limbs, int rowLimbs, int rowsPerChunk) {
    /** Words of one limb of a row. */
    int words(int degree) {
      return repeat.words(degree);
    }

    int rowWords(int degree) {
      return rowLimbs * words(degree);
    }
  }

  /**
   * @param source index into {@link #sources}
   * @param terms for each giant step the row for each block · n₁ + baby, negative for none
   * @param lastStep canonical step, 0 for none
   */
  record Piece(int source, List<IntBuffer> terms, int lastStep) {}

  /** Weight arrays in the order of {@link #sources}. */
  record WithSources(BabyGiantShape shape, List<EncodedPeriodicPlaintexts> weights) {}

  /** How many limbs the key for a canonical step has; throws if there is none. */
  @FunctionalInterface
  interface KeyLimbs {
    int of(int canonicalStep);
  }

  static WithSources of(
      BabyGiantProduct product,
      int limbs,
      int blocks,
      List<EncodedPeriodicPlaintexts> weightsByPiece,
      int slots,
      KeyLimbs keyLimbs) {
    Map<EncodedPeriodicPlaintexts, Integer> places = new IdentityHashMap<>();
    List<EncodedPeriodicPlaintexts> weights = new ArrayList<>();
    List<Source> sources = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    SortedMap<Integer, Integer> keys = new TreeMap<>();
    for (int p = 0; p < product.pieces().size(); p++) {
      BabyGiantProduct.Piece piece = product.pieces().get(p);
      if (piece.isEmpty()) {
        continue;
      }
      EncodedPeriodicPlaintexts w = weightsByPiece.get(p);
      Integer place = places.get(w);
      if (place == null) {
        place = weights.size();
        places.put(w, place);
        weights.add(w);
        sources.add(new Source(w.repeat(), w.limbs(), w.rowLimbs(), w.rowsPerChunk()));
      }
      int lastStep = Math.floorMod(piece.lastStep(), slots);
      pieces.add(new Piece(place, piece.terms().stream().map(IntBuffer::wrap).toList(), lastStep));
      if (rotatesByGiant(piece)) {
        keys.computeIfAbsent(product.babySteps(), keyLimbs::of);
      }
      if (lastStep != 0) {
        keys.computeIfAbsent(lastStep, keyLimbs::of);
      }
    }
    return new WithSources(
        new BabyGiantShape(limbs, blocks, product.babySteps(), sources, pieces, keys), weights);
  }

  private static boolean rotatesByGiant(BabyGiantProduct.Piece piece) {
    return piece.terms().stream()
        .skip(1)
        .anyMatch(terms -> java.util.Arrays.stream(terms).anyMatch(i -> i >= 0));
  }

  /** Which baby rotations any piece uses: element block · n₁ + baby. */
  boolean[] usedBabies() {
    boolean[] used = new boolean[blocks * babySteps];
    for (Piece piece : pieces) {
      for (IntBuffer terms : piece.terms()) {
        for (int i = 0; i < used.length; i++) {
          used[i] |= terms.get(i) >= 0;
        }
      }
    }
    return used;
  }

  /** Which chunks of a weight array any piece uses. */
  SortedMap<Integer, Boolean> usedChunks(int source) {
    SortedMap<Integer, Boolean> used = new TreeMap<>();
    for (Piece piece : pieces) {
      if (piece.source() == source) {
        for (IntBuffer terms : piece.terms()) {
          for (int i = 0; i < terms.limit(); i++) {
            if (terms.get(i) >= 0) {
              used.put(terms.get(i) / sources.get(source).rowsPerChunk(), true);
            }
          }
        }
      }
    }
    return used;
  }
}
