package io.cipherstream.intervals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A genome cut into bins of b base pairs, chromosome after chromosome; the last bin of a chromosome
 * has what is left of it. Bin i is slot i mod 4096 of chunk ⌊i/4096⌋, where a chunk is one
 * ciphertext. The number of chunks is rounded up to a power of two, since the appliance sees it.
 * Immutable.
 */
public final class BinGrid {

  /** Bins of one chunk: the slots of a ciphertext. */
  public static final int CHUNK = IntervalPlan.PARAMETERS.slots();

  /** Most bins. */
  public static final int BINS_MAX = CHUNK * IntervalPlan.CHUNKS_MAX;

  private final Genome genome;
  private final int binSize;
  private final Map<String, Integer> chromosomes = new HashMap<>();
  private final int[] first;

  /** Bins from one to before another. */
  public record Bins(int from, int to) {}

  /**
   * @throws IntervalException if a bin has less than 1 base pair, or more than {@link
   *     AnswerError#binSizeMax} allows, or there are more than {@link #BINS_MAX} bins; the message
   *     names what fits
   */
  public BinGrid(Genome genome, int binSize) {
    if (binSize < 1) {
      throw new IntervalException("bins of " + binSize + " bp: expected 1 bp or more (--bins)");
    }
    this.genome = genome;
    this.binSize = binSize;
    this.first = new int[genome.chromosomes().size() + 1];
    long bins = 0;
    long bases = 0;
    for (int i = 0; i < genome.chromosomes().size(); i++) {
      Genome.Chromosome each = genome.chromosomes().get(i);
      bins += (each.length() + (long) binSize - 1) / binSize;
      bases += each.length();
      if (bins <= BINS_MAX) {
        first[i + 1] = (int) bins;
        chromosomes.put(each.name(), i);
      }
    }
    if (bins > BINS_MAX) {
      throw new IntervalException(
          bins
              + " bins of "
              + binSize
              + " bp, expected at most "
              + BINS_MAX
              + ": take larger bins (--bins "
              + (bases / (BINS_MAX - genome.chromosomes().size()) + 1)
              + ") or a genome of fewer chromosomes");
    }
    int most = AnswerError.binSizeMax(chunks());
    if (binSize > most) {
      throw new IntervalException(
          "bins of "
              + binSize
              + " bp: expected at most "
              + most
              + " bp, up to which answers about so many bins are exact (--bins)");
    }
  }

  public Genome genome() {
    return genome;
  }

  /** b, in base pairs. */
  public int binSize() {
    return binSize;
  }

  /** All bins of the genome. */
  public int bins() {
    return first[first.length - 1];
  }

  /** Ciphertexts of a track's plane, a power of two. */
  public int chunks() {
    int needed = (bins() + CHUNK - 1) / CHUNK;
    return needed == 1 ? 1 : Integer.highestOneBit(needed - 1) << 1;
  }

  /** Index of the chromosome of that name. */
  Optional<Integer> chromosome(String name) {
    return Optional.ofNullable(chromosomes.get(name));
  }

  /** First bin of a chromosome; of the number of chromosomes, all bins. */
  int firstBin(int chromosome) {
    return first[chromosome];
  }

  /** Base pairs of a bin. */
  int length(int bin) {
    int chromosome = Arrays.binarySearch(first, bin);
    chromosome = chromosome >= 0 ? chromosome : -chromosome - 2;
    long start = (long) (bin - first[chromosome]) * binSize;
    return (int) Math.min(binSize, genome.chromosomes().get(chromosome).length() - start);
  }

  /**
   * The bins of a region.
   *
   * @throws IntervalException if the chromosome is unknown, the region is empty or beyond the
   *     chromosome, or an end lies within a bin, of which no part can be answered exactly
   */
  public Bins bins(Region region) {
    int index =
        chromosome(region.chromosome())
            .orElseThrow(
                () ->
                    new IntervalException(
                        "region "
                            + region
                            + ": the track has no chromosome '"
                            + region.chromosome()
                            + "'"));
    long length = genome.chromosomes().get(index).length();
    long end = region.end() == Region.TO_THE_END ? length : region.end();
    if (region.start() >= end || end > length) {
      throw new IntervalException(
          "region "
              + region
              + ": expected start < end <= "
              + length
              + ", the length of "
              + region.chromosome());
    }
    if (region.start() % binSize != 0 || (end % binSize != 0 && end != length)) {
      long wideEnd = Math.min(length, (end + binSize - 1) / binSize * binSize);
      throw new IntervalException(
          "region "
              + region
              + " does not begin and end at bins of "
              + binSize
              + " bp: ask for "
              + region.chromosome()
              + ":"
              + region.start() / binSize * binSize
              + "-"
              + wideEnd
              + ", or load the track with smaller bins");
    }
    return new Bins(
        first[index] + (int) (region.start() / binSize),
        first[index] + (int) ((end + binSize - 1) / binSize));
  }

  /** Those of the whole genome. */
  public Bins all() {
    return new Bins(0, bins());
  }
}
