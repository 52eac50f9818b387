package io.cipherstream.intervals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Intervals as numbers in bins. Which intervals a base pair belongs to, and in what order they were
 * read, is not kept: overlapping ones count once, as in {@code bedtools merge}. Immutable.
 */
public final class Track {

  private final BinGrid grid;
  private final int[] covered;
  private final int[] near;

  private Track(BinGrid grid) {
    this.grid = grid;
    this.covered = new int[grid.bins()];
    this.near = new int[grid.bins()];
  }

  /**
   * @param intervals in any order
   * @throws IntervalException that names the line of an interval on no chromosome of the grid or
   *     beyond its end
   */
  public static Track of(BinGrid grid, List<GenomicInterval> intervals) {
    intervals.forEach(each -> check(grid, each));
    Track track = new Track(grid);
    List<GenomicInterval> sorted =
        intervals.stream()
            .sorted(
                Comparator.comparing(GenomicInterval::chromosome)
                    .thenComparingInt(GenomicInterval::start))
            .toList();
    String chromosome = "";
    int done = 0;
    for (GenomicInterval each : sorted) {
      done = each.chromosome().equals(chromosome) ? done : 0;
      chromosome = each.chromosome();
      track.cover(chromosome, Math.max(each.start(), done), each.end());
      done = Math.max(done, each.end());
    }
    for (int i = 0; i < grid.genome().chromosomes().size(); i++) {
      track.measure(grid.firstBin(i), grid.firstBin(i + 1));
    }
    return track;
  }

  private static void check(BinGrid grid, GenomicInterval interval) {
    int index =
        grid.chromosome(interval.chromosome())
            .orElseThrow(
                () ->
                    new IntervalException(
                        "line "
                            + interval.line()
                            + ": chromosome '"
                            + interval.chromosome()
                            + "', which the genome does not have"));
    int length = grid.genome().chromosomes().get(index).length();
    if (interval.end() > length) {
      throw new IntervalException(
          "line "
              + interval.line()
              + ": end "
              + interval.end()
              + " is beyond chromosome '"
              + interval.chromosome()
              + "' of "
              + length
              + " bp: give the genome that the file was made for");
    }
  }

  private void cover(String chromosome, int start, int end) {
    int first = grid.firstBin(grid.chromosome(chromosome).orElseThrow());
    int at = start;
    while (at < end) {
      int bin = at / grid.binSize();
      int next = (int) Math.min(end, (bin + 1L) * grid.binSize());
      covered[first + bin] += next - at;
      at = next;
    }
  }

  /** Distances to touched bins within a chromosome, forwards and then backwards. */
  private void measure(int from, int to) {
    int nearness = 0;
    for (int i = from; i < to; i++) {
      nearness = covered[i] > 0 ? Plane.NEAR_MAX : Math.max(0, nearness - 1);
      near[i] = nearness;
    }
    nearness = 0;
    for (int i = to - 1; i >= from; i--) {
      nearness = covered[i] > 0 ? Plane.NEAR_MAX : Math.max(0, nearness - 1);
      near[i] = Math.max(near[i], nearness);
    }
  }

  public BinGrid grid() {
    return grid;
  }

  /** The slots of a chunk of a plane, 0 behind the last bin. */
  public double[] slots(Plane plane, int chunk) {
    double[] slots = new double[BinGrid.CHUNK];
    int from = chunk * BinGrid.CHUNK;
    int bins = Math.min(BinGrid.CHUNK, grid.bins() - from);
    Arrays.setAll(slots, i -> i < bins ? value(plane, from + i) : 0);
    return slots;
  }

  private double value(Plane plane, int bin) {
    return switch (plane) {
      case COVERED -> covered[bin];
      case TOUCHED -> covered[bin] > 0 ? Plane.TOUCH : 0;
      case NEAR -> (double) near[bin] / Plane.TOUCH;
    };
  }
}
