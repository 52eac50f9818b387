package io.cipherstream.intervals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random intervals, and what is true of them base pair by base pair. */
final class Tracks {

  private Tracks() {}

  static List<GenomicInterval> random(
      Genome genome, int count, int longest, SplittableRandom random) {
    List<GenomicInterval> intervals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Genome.Chromosome on = genome.chromosomes().get(random.nextInt(genome.chromosomes().size()));
      int start = random.nextInt(on.length());
      int end = Math.min(on.length(), start + 1 + random.nextInt(longest));
      intervals.add(new GenomicInterval(on.name(), start, end, i + 1));
    }
    return intervals;
  }

  /** Whether each base pair of a chromosome is in an interval. */
  static boolean[] covered(Genome.Chromosome chromosome, List<GenomicInterval> intervals) {
    boolean[] covered = new boolean[chromosome.length()];
    for (GenomicInterval each : intervals) {
      for (int i = each.start();
          each.chromosome().equals(chromosome.name()) && i < each.end();
          i++) {
        covered[i] = true;
      }
    }
    return covered;
  }
}
