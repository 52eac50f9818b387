package io.cipherstream.intervals;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Chromosomes in their order, each with its length. Two tracks meet only on the same genome. */
public record Genome(List<Chromosome> chromosomes) {

  /**
   * @param length base pairs, at least 1
   */
  public record Chromosome(String name, int length) {}

  /**
   * @throws IntervalException if there is no chromosome, a name is empty or stands twice, or a
   *     length is below 1
   */
  public Genome {
    chromosomes = List.copyOf(chromosomes);
    Set<String> names = new HashSet<>();
    for (Chromosome each : chromosomes) {
      if (each.name().isEmpty() || each.length() < 1) {
        throw new IntervalException(
            "chromosome '"
                + each.name()
                + "' of "
                + each.length()
                + " bp: expected a name and 1 or"
                + " more");
      }
      if (!names.add(each.name())) {
        throw new IntervalException("chromosome '" + each.name() + "' stands twice in the genome");
      }
    }
    if (chromosomes.isEmpty()) {
      throw new IntervalException(
          "a genome without a chromosome: name its chromosomes and their lengths (--genome)");
    }
  }

  /**
   * Reads lines of name, tabulator and length, the form that bedtools calls a genome file and
   * samtools' {@code .fai} begins with. Empty lines and those that begin with # are skipped.
   *
   * @throws IntervalException that names the line
   */
  public static Genome parse(List<String> lines) {
    List<Chromosome> chromosomes = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).stripTrailing();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\t", -1);
      if (fields.length < 2 || !fields[1].matches("[0-9]{1,10}")) {
        throw new IntervalException(
            "genome, line " + (i + 1) + ": expected a name, a tabulator and a length in bp");
      }
      long length = Long.parseLong(fields[1]);
      if (length > Integer.MAX_VALUE) {
        throw new IntervalException(
            "genome, line " + (i + 1) + ": " + length + " bp, expected at most 2147483647");
      }
      chromosomes.add(new Chromosome(fields[0], (int) length));
    }
    return new Genome(chromosomes);
  }

  /** The genome that intervals span: their chromosomes by name, each as long as its largest end. */
  public static Genome spanning(Collection<GenomicInterval> intervals) {
    SortedMap<String, Integer> ends = new TreeMap<>();
    intervals.forEach(each -> ends.merge(each.chromosome(), each.end(), Math::max));
    return new Genome(
        ends.entrySet().stream().map(e -> new Chromosome(e.getKey(), e.getValue())).toList());
  }
}
