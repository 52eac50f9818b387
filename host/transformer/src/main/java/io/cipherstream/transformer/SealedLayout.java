package io.cipherstream.transformer;

import io.cipherstream.ckks.CkksParameters;
import io.cipherstream.model.sealed.WindowMixing;
import java.util.Arrays;
import java.util.List;

/**
 * How a text lies in the slots of a sealed request. A ciphertext has T rows of F slots, F the power
 * of two that holds the width. Rotating by o·F brings token t + o to the row of token t, so a
 * window needs no mask: where it leaves the text it must meet zero rows.
 *
 * <p>A text of at most T − 3 tokens is one chunk; the three rows that stay zero separate its end
 * from its beginning. A longer text takes several chunks. Each answers for T − 6 tokens, its core,
 * and repeats three tokens to either side, whose own windows are wrong and whose weight is 0.
 *
 * <p>Several short texts share the rows of one chunk: each has a {@linkplain #placeRows place} of
 * T/K rows, of which the last three stay zero.
 *
 * <p>Token τ of a chunk, counted from its core's first, lies in row (τ + 1) mod T. Row 0, where
 * SEAL's key switching errs most (see {@link TokenLayout}), has weight 0.
 *
 * @param rows T
 * @param features F
 * @param width of the model's rows, at most F
 */
record SealedLayout(int rows, int features, int width) {

  /** Fewest rows for which a chunk is mostly core. */
  static final int ROWS_MIN = 16;

  private static final int BABY_STEPS_MAX = 16;

  /** Rows of a place for a text that shares a chunk. */
  private static final int PLACE_ROWS = 16;

  /**
   * @throws IllegalArgumentException if fewer than {@value #ROWS_MIN} rows of that width fit the
   *     parameter set
   */
  static SealedLayout of(int width, CkksParameters parameters) {
    return of(width, Integer.highestOneBit(Math.max(1, 2 * width - 1)), parameters);
  }

  /**
   * As the other, with rows of so many slots.
   *
   * @param features a power of two, at least the width
   */
  static SealedLayout of(int width, int features, CkksParameters parameters) {
    int rows = parameters.slots() / features;
    if (rows < ROWS_MIN) {
      throw new IllegalArgumentException(
          "rows of "
              + width
              + " features: "
              + parameters
              + " holds "
              + rows
              + " of them, expected at least "
              + ROWS_MIN);
    }
    return new SealedLayout(rows, features, width);
  }

  /** Baby steps of level 1; with 16 there are 8 giant steps at F = 128. */
  int babySteps() {
    return Math.min(BABY_STEPS_MAX, features);
  }

  /** N/2. */
  int slots() {
    return rows * features;
  }

  /** Tokens that a chunk of several answers for. */
  int core() {
    return rows - 2 * WindowMixing.REACH;
  }

  /** Most tokens of a text in that many chunks. */
  int tokensMax(int chunks) {
    return chunks == 1 ? rows - WindowMixing.REACH : chunks * core();
  }

  /** Fewest chunks that hold a text of so many tokens. */
  int chunks(int tokens) {
    return tokens <= tokensMax(1) ? 1 : (tokens + core() - 1) / core();
  }

  /** The chunk that answers for a token. */
  int chunkOf(int token, int chunks) {
    return chunks == 1 ? 0 : token / core();
  }

  /** First slot of a token's row in the chunk that answers for it. */
  int rowOf(int token, int chunks) {
    return slot(token - chunkOf(token, chunks) * core());
  }

  private int slot(int token) {
    return Math.floorMod(token + 1, rows) * features;
  }

  /** Texts that share a chunk; 1 where only one fits. */
  int places() {
    return Math.max(1, rows / PLACE_ROWS);
  }

  /** Rows of a place. */
  int placeRows() {
    return rows / places();
  }

  /** Most tokens of a text that shares a chunk. */
  int tokensOfPlace() {
    return placeRows() - WindowMixing.REACH;
  }

  /** First slot of the row of a chunk's token 0. */
  int firstRow() {
    return slot(0);
  }

  /** First slot of the row of token 0 of the text in a place. */
  int firstRow(int place) {
    return slot(place * placeRows());
  }

  /**
   * The rows of a chunk as complex slots, xₜ + i·xₜ₊₁: all real parts, then all imaginary ones.
   * Where the ring closes the next row is the first.
   */
  double[] pairs(double[][] x, int chunk) {
    double[] re = pack(x, chunk);
    double[] slots = Arrays.copyOf(re, 2 * re.length);
    System.arraycopy(re, features, slots, re.length, re.length - features);
    System.arraycopy(re, 0, slots, 2 * re.length - features, features);
    return slots;
  }

  /** One vector repeated in every row as complex slots, mⱼ + i·m₍ⱼ₊F/2₎ mod F. */
  double[] repeatHalves(double[] row) {
    double[] padded = Arrays.copyOf(row, features);
    double[] slots = new double[2 * slots()];
    for (int i = 0; i < slots(); i++) {
      slots[i] = padded[i % features];
      slots[slots() + i] = padded[(i + features / 2) % features];
    }
    return slots;
  }

  /**
   * As {@link #repeatHalves}, with another vector in the rows of each place.
   *
   * @param rows of the texts, one a place from the first on; the other places are 0
   */
  double[] placedHalves(List<double[]> rows) {
    double[] slots = new double[2 * slots()];
    for (int place = 0; place < rows.size(); place++) {
      double[] repeated = repeatHalves(rows.get(place));
      for (int row = 0; row < placeRows(); row++) {
        int from = slot(place * placeRows() + row);
        System.arraycopy(repeated, from, slots, from, features);
        System.arraycopy(repeated, slots() + from, slots, slots() + from, features);
      }
    }
    return slots;
  }

  /** The rows of texts as those of one that fills a chunk, one text a place. */
  double[][] placed(List<double[][]> texts) {
    double[][] x = new double[tokensMax(1)][width];
    for (int place = 0; place < texts.size(); place++) {
      System.arraycopy(texts.get(place), 0, x, place * placeRows(), texts.get(place).length);
    }
    return x;
  }

  /** 1/n in every slot of the tokens of the text in a place, 0 elsewhere. */
  double[] placedWeights(int tokens, int place) {
    double[] slots = new double[slots()];
    for (int token = 0; token < tokens; token++) {
      int from = slot(place * placeRows() + token);
      Arrays.fill(slots, from, from + features, 1.0 / tokens);
    }
    return slots;
  }

  private double[] pack(double[][] x, int chunk) {
    double[] slots = new double[slots()];
    int first = chunk * core();
    for (int token = -WindowMixing.REACH; token < rows - WindowMixing.REACH; token++) {
      if (first + token >= 0 && first + token < x.length) {
        System.arraycopy(x[first + token], 0, slots, slot(token), width);
      }
    }
    return slots;
  }

  /** 1/n in every slot of the tokens that a chunk answers for, 0 elsewhere. */
  double[] weights(int tokens, int chunk, int chunks) {
    double[] slots = new double[slots()];
    int first = chunk * core();
    int own = Math.min(tokens - first, chunks == 1 ? tokensMax(1) : core());
    for (int token = 0; token < own; token++) {
      Arrays.fill(slots, slot(token), slot(token) + features, 1.0 / tokens);
    }
    return slots;
  }
}
