package io.cipherstream.model.sealed;

import io.cipherstream.model.EmbeddingTable;
import io.cipherstream.model.ModelException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The range of linear functionals f·x over every row x that a client can send for a word piece at a
 * position: all pieces, positions and token types are looked at.
 *
 * <p>With w and p the centred word and position vectors, x = γ∘(w + p)/σ + β, so that f·x = s·(a +
 * b) + c with s = 1/σ, a = (f∘γ)·w, b = (f∘γ)·p and c = f·β: a is computed once a piece, not once a
 * piece and position. σ² = |w + p|²/n + ε. A piece whose a, with the largest and the least b and s,
 * cannot pass what was found so far is not looked at further.
 *
 * <p>Outward rounding: each range is widened by a bound of all errors, see {@link #widening}.
 */
final class EmbeddingRanges {

  /** Word pieces of a block, whose vectors stay in the cache for all functionals. */
  private static final int BLOCK = 256;

  /** Largest s·δ for which the widening's first order holds by far. */
  private static final double FLAT_MAX = 0x1p-30;

  private final EmbeddingTable table;
  private final int width;
  private final double[][] shifts;
  private final double slack;
  private final double error;

  EmbeddingRanges(EmbeddingTable table) {
    this.table = table;
    this.width = table.width();
    this.shifts = shifts(table);
    // the sums of centring, of a and of b: at most 2·width + 8 roundings each
    this.slack = (4 * width + 64) * Balls.UNIT;
    double words = 0;
    for (int i = 0; i < table.vocabulary(); i++) {
      for (int j = 0; j < width; j++) {
        words = Math.max(words, Math.abs(table.words().get(i, j)));
      }
    }
    double positions = 0;
    for (double[] shift : shifts) {
      for (double v : shift) {
        positions = Math.max(positions, Math.abs(v));
      }
    }
    // centring at most doubles an entry
    this.error = slack * 2 * (words + positions);
  }

  /** Centred sums of a position and a token type; equal ones once. */
  private static double[][] shifts(EmbeddingTable table) {
    Set<List<Double>> seen = new LinkedHashSet<>();
    for (int segment = 0; segment < table.segments(); segment++) {
      for (int p = 0; p < table.positions(); p++) {
        List<Double> row = new ArrayList<>();
        for (int j = 0; j < table.width(); j++) {
          row.add((double) table.positionTable().get(p, j) + table.tokenTypes().get(segment, j));
        }
        seen.add(row);
      }
    }
    return seen.stream()
        .map(row -> centred(row.stream().mapToDouble(Double::doubleValue).toArray()))
        .toArray(double[][]::new);
  }

  private static double[] centred(double[] row) {
    double mean = 0;
    for (double v : row) {
      mean += v;
    }
    mean /= row.length;
    for (int j = 0; j < row.length; j++) {
      row[j] -= mean;
    }
    return row;
  }

  /**
   * The range of every functional, on all processors.
   *
   * @param functionals one a row, [functionals][width]
   * @throws ModelException of kind VALUE if a row of embeddings hardly varies, so that nothing can
   *     be said of it once it is normalised
   */
  Interval[] of(Balls functionals) {
    Balls scaled = functionals.scaledColumns(Balls.row(table.norm().gamma()));
    Balls constants = functionals.times(Balls.row(table.norm().beta()).turned());
    double[][] shiftValues = new double[functionals.rows()][shifts.length];
    for (int k = 0; k < shiftValues.length; k++) {
      for (int p = 0; p < shifts.length; p++) {
        double sum = 0;
        for (int j = 0; j < width; j++) {
          sum += scaled.middle(k, j) * shifts[p][j];
        }
        shiftValues[k][p] = sum;
      }
    }
    int parts = Runtime.getRuntime().availableProcessors();
    int blocks = (table.vocabulary() + BLOCK - 1) / BLOCK;
    List<EmbeddingScan> scans =
        IntStream.range(0, parts)
            .parallel()
            .mapToObj(
                part -> {
                  EmbeddingScan scan = new EmbeddingScan(scaled.middles(), shiftValues, shifts);
                  for (int block = part; block < blocks; block += parts) {
                    scan.add(words(block), table.epsilon());
                  }
                  return scan;
                })
            .toList();
    Interval[] out = new Interval[functionals.rows()];
    double steepest = scans.stream().mapToDouble(EmbeddingScan::steepest).max().orElseThrow();
    if (!(error * steepest < FLAT_MAX)) {
      throw new ModelException(
          ModelException.Kind.VALUE,
          "a row of embeddings has a deviation of " + 1 / steepest + ": no range can be proved");
    }
    for (int k = 0; k < out.length; k++) {
      int functional = k;
      double low = scans.stream().mapToDouble(s -> s.low(functional)).min().orElseThrow();
      double high = scans.stream().mapToDouble(s -> s.high(functional)).max().orElseThrow();
      double wider = widening(scaled, k, steepest);
      out[k] =
          new Interval(Math.nextDown(low - wider), Math.nextUp(high + wider))
              .plus(constants.interval(k, 0));
    }
    return out;
  }

  /**
   * How far s·(a + b) as computed, here or by a client, may be from the exact value. With δ the
   * error of a centred entry and |w + p| ≤ √n·σ: s is off by s·(slack + 2δ·s), a + b by ‖f∘γ‖₁·δ
   * and the radii of f∘γ; twice that for the client's own row.
   */
  private double widening(Balls scaled, int k, double steepest) {
    double norm = 0;
    for (int j = 0; j < width; j++) {
      norm += Math.abs(scaled.middle(k, j)) + scaled.radius(k, j);
    }
    double radii = 0;
    for (int j = 0; j < width; j++) {
      radii += scaled.radius(k, j);
    }
    double row = Math.sqrt(width) * 2;
    return 4
        * (norm * row * (slack + 2 * error * steepest) + norm * error * steepest + radii * row);
  }

  /** Centred word vectors of a block, [width][pieces]. */
  private double[][] words(int block) {
    int from = block * BLOCK;
    int count = Math.min(BLOCK, table.vocabulary() - from);
    double[][] out = new double[width][count];
    for (int i = 0; i < count; i++) {
      double[] row = new double[width];
      for (int j = 0; j < width; j++) {
        row[j] = table.words().get(from + i, j);
      }
      centred(row);
      for (int j = 0; j < width; j++) {
        out[j][i] = row[j];
      }
    }
    return out;
  }
}
