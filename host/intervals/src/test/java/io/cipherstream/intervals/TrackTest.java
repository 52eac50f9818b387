package io.cipherstream.intervals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrackTest {

  private static final Genome GENOME =
      new Genome(List.of(new Genome.Chromosome("b", 10_007), new Genome.Chromosome("a", 31_000)));

  @Test
  void planesAreTheBasePairsCountedOneByOne() {
    long seed = System.nanoTime();
    System.out.println("TrackTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int binSize : new int[] {1, 7, 100, 40_000}) {
      BinGrid grid = new BinGrid(GENOME, binSize);
      List<GenomicInterval> intervals = Tracks.random(GENOME, 60, 400, random);
      Track track = Track.of(grid, intervals);
      double[] coveredBases = bins(track, Plane.COVERED);
      double[] touched = bins(track, Plane.TOUCHED);
      double[] near = bins(track, Plane.NEAR);
      int bin = 0;
      for (Genome.Chromosome chromosome : GENOME.chromosomes()) {
        boolean[] covered = Tracks.covered(chromosome, intervals);
        int first = bin;
        for (int start = 0; start < chromosome.length(); start += binSize, bin++) {
          int end = Math.min(chromosome.length(), start + binSize);
          int count = 0;
          for (int i = start; i < end; i++) {
            count += covered[i] ? 1 : 0;
          }
          assertThat(coveredBases[bin]).isEqualTo(count);
          assertThat(touched[bin]).isEqualTo(count > 0 ? Plane.TOUCH : 0);
          assertThat(grid.length(bin)).isEqualTo(end - start);
        }
        for (int i = 0; i < 50; i++) {
          int at = random.nextInt(first, bin);
          int distance = Integer.MAX_VALUE;
          for (int other = first; other < bin; other++) {
            if (touched[other] > 0) {
              distance = Math.min(distance, Math.abs(other - at));
            }
          }
          assertThat(near[at] * Plane.TOUCH)
              .isEqualTo(Math.max(0, Plane.NEAR_MAX - (double) distance));
        }
      }
      assertThat(bin).isEqualTo(grid.bins());
    }
  }

  private static double[] bins(Track track, Plane plane) {
    double[] bins = new double[track.grid().chunks() * BinGrid.CHUNK];
    for (int k = 0; k < track.grid().chunks(); k++) {
      System.arraycopy(track.slots(plane, k), 0, bins, k * BinGrid.CHUNK, BinGrid.CHUNK);
    }
    return bins;
  }

  @Test
  void anIntervalBeyondItsChromosomeIsRefusedByItsLine() {
    BinGrid grid = new BinGrid(GENOME, 100);
    assertThatThrownBy(() -> Track.of(grid, List.of(new GenomicInterval("b", 10_000, 10_008, 7))))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("line 7: end 10008 is beyond chromosome 'b' of 10007 bp");
  }

  @Test
  void anIntervalOnAnUnknownChromosomeIsRefusedByItsLine() {
    BinGrid grid = new BinGrid(GENOME, 100);
    assertThatThrownBy(() -> Track.of(grid, List.of(new GenomicInterval("c", 0, 1, 9))))
        .isInstanceOf(IntervalException.class)
        .hasMessageContaining("line 9: chromosome 'c'");
  }
}
